"""The register, courses, lessons, attendance and marks."""

from alembic import op

from services.common.ddl import audit, enable_school_security, keep

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE page_operation (
    school_id uuid NOT NULL,
    person_id uuid NOT NULL,
    op_id uuid NOT NULL,
    digest text NOT NULL,
    answer jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT page_operation_pkey PRIMARY KEY (school_id, person_id, op_id)
);
CREATE INDEX page_operation_created_at_idx ON page_operation (created_at);

CREATE TABLE person (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    last_name text NOT NULL,
    first_name text NOT NULL,
    middle_name text DEFAULT '' NOT NULL,
    sort_key text NOT NULL,
    birth_date date,
    left_on date,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT person_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT person_name_check CHECK (last_name <> '' AND first_name <> '')
);
CREATE INDEX person_school_id_sort_key_id_idx ON person (school_id, sort_key, id);

CREATE TABLE scale (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    CONSTRAINT scale_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT scale_school_id_code_key UNIQUE (school_id, code)
);

CREATE TABLE school (
    id uuid NOT NULL,
    name text NOT NULL,
    zone text NOT NULL,
    CONSTRAINT school_pkey PRIMARY KEY (id),
    CONSTRAINT school_name_check CHECK (name <> '')
);

CREATE TABLE school_year (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    CONSTRAINT school_year_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT school_year_days_check CHECK (ends_on > starts_on),
    CONSTRAINT school_year_once_excl EXCLUDE USING gist (uuidrange(school_id, school_id, '[]') WITH &&, daterange(starts_on, ends_on, '[]') WITH &&)
);

CREATE TABLE work_type (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    short_title text NOT NULL,
    weight numeric NOT NULL,
    ordinal integer NOT NULL,
    CONSTRAINT work_type_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT work_type_school_id_code_key UNIQUE (school_id, code),
    CONSTRAINT work_type_weight_check CHECK (weight > 0 AND weight <= 100)
);

CREATE TABLE contact (
    school_id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    CONSTRAINT contact_pkey PRIMARY KEY (school_id, person_id, kind),
    CONSTRAINT contact_school_id_person_id_fkey FOREIGN KEY(school_id, person_id) REFERENCES person (school_id, id),
    CONSTRAINT contact_kind_check CHECK (kind IN ('email', 'phone'))
);
CREATE INDEX contact_school_id_value_idx ON contact (school_id, value);

CREATE TABLE guardian (
    school_id uuid NOT NULL,
    person_id uuid NOT NULL,
    CONSTRAINT guardian_pkey PRIMARY KEY (school_id, person_id),
    CONSTRAINT guardian_school_id_person_id_fkey FOREIGN KEY(school_id, person_id) REFERENCES person (school_id, id)
);

CREATE TABLE period (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    year_id uuid NOT NULL,
    kind text NOT NULL,
    ordinal integer NOT NULL,
    grade_from integer NOT NULL,
    grade_to integer NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    closed_at timestamptz,
    CONSTRAINT period_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT period_school_id_year_id_fkey FOREIGN KEY(school_id, year_id) REFERENCES school_year (school_id, id),
    CONSTRAINT period_kind_check CHECK (kind IN ('quarter', 'half_year')),
    CONSTRAINT period_days_check CHECK (ends_on > starts_on),
    CONSTRAINT period_grades_check CHECK (1 <= grade_from AND grade_from <= grade_to AND grade_to <= 11),
    CONSTRAINT period_once_excl EXCLUDE USING gist (uuidrange(year_id, year_id, '[]') WITH &&, int4range(grade_from, grade_to, '[]') WITH &&, daterange(starts_on, ends_on, '[]') WITH &&)
);

CREATE TABLE scale_value (
    school_id uuid NOT NULL,
    scale_id uuid NOT NULL,
    symbol text NOT NULL,
    number numeric,
    ordinal integer NOT NULL,
    CONSTRAINT scale_value_pkey PRIMARY KEY (school_id, scale_id, symbol),
    CONSTRAINT scale_value_school_id_scale_id_fkey FOREIGN KEY(school_id, scale_id) REFERENCES scale (school_id, id)
);

CREATE TABLE school_class (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    year_id uuid NOT NULL,
    grade_level integer NOT NULL,
    letter text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT school_class_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT school_class_school_id_year_id_fkey FOREIGN KEY(school_id, year_id) REFERENCES school_year (school_id, id),
    CONSTRAINT school_class_school_id_year_id_grade_level_letter_key UNIQUE (school_id, year_id, grade_level, letter),
    CONSTRAINT school_class_grade_level_check CHECK (grade_level BETWEEN 1 AND 11)
);

CREATE TABLE staff (
    school_id uuid NOT NULL,
    person_id uuid NOT NULL,
    position text DEFAULT '' NOT NULL,
    CONSTRAINT staff_pkey PRIMARY KEY (school_id, person_id),
    CONSTRAINT staff_school_id_person_id_fkey FOREIGN KEY(school_id, person_id) REFERENCES person (school_id, id)
);

CREATE TABLE student (
    school_id uuid NOT NULL,
    person_id uuid NOT NULL,
    admitted_on date,
    order_number text DEFAULT '' NOT NULL,
    personal_file_number text DEFAULT '' NOT NULL,
    sex text DEFAULT '' NOT NULL,
    CONSTRAINT student_pkey PRIMARY KEY (school_id, person_id),
    CONSTRAINT student_school_id_person_id_fkey FOREIGN KEY(school_id, person_id) REFERENCES person (school_id, id)
);

CREATE TABLE subject (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    scale_id uuid NOT NULL,
    CONSTRAINT subject_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT subject_school_id_scale_id_fkey FOREIGN KEY(school_id, scale_id) REFERENCES scale (school_id, id),
    CONSTRAINT subject_school_id_name_key UNIQUE (school_id, name),
    CONSTRAINT subject_name_check CHECK (name <> '')
);

CREATE TABLE class_teacher (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    class_id uuid NOT NULL,
    person_id uuid NOT NULL,
    from_day date NOT NULL,
    to_day date,
    CONSTRAINT class_teacher_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT class_teacher_school_id_class_id_fkey FOREIGN KEY(school_id, class_id) REFERENCES school_class (school_id, id),
    CONSTRAINT class_teacher_school_id_person_id_fkey FOREIGN KEY(school_id, person_id) REFERENCES staff (school_id, person_id),
    CONSTRAINT class_teacher_days_check CHECK (to_day IS NULL OR to_day > from_day),
    CONSTRAINT class_teacher_once_excl EXCLUDE USING gist (uuidrange(class_id, class_id, '[]') WITH &&, daterange(from_day, to_day) WITH &&)
);
CREATE INDEX class_teacher_school_id_person_id_idx ON class_teacher (school_id, person_id);

CREATE TABLE course (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    year_id uuid NOT NULL,
    class_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    kind text NOT NULL,
    scale_id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    CONSTRAINT course_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT course_school_id_year_id_fkey FOREIGN KEY(school_id, year_id) REFERENCES school_year (school_id, id),
    CONSTRAINT course_school_id_class_id_fkey FOREIGN KEY(school_id, class_id) REFERENCES school_class (school_id, id),
    CONSTRAINT course_school_id_subject_id_fkey FOREIGN KEY(school_id, subject_id) REFERENCES subject (school_id, id),
    CONSTRAINT course_school_id_scale_id_fkey FOREIGN KEY(school_id, scale_id) REFERENCES scale (school_id, id),
    CONSTRAINT course_school_id_class_id_subject_id_kind_key UNIQUE (school_id, class_id, subject_id, kind),
    CONSTRAINT course_kind_check CHECK (kind IN ('lesson', 'extracurricular', 'additional'))
);

CREATE TABLE enrollment (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    class_id uuid NOT NULL,
    student_id uuid NOT NULL,
    from_day date NOT NULL,
    to_day date,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT enrollment_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT enrollment_school_id_class_id_fkey FOREIGN KEY(school_id, class_id) REFERENCES school_class (school_id, id),
    CONSTRAINT enrollment_school_id_student_id_fkey FOREIGN KEY(school_id, student_id) REFERENCES student (school_id, person_id),
    CONSTRAINT enrollment_days_check CHECK (to_day IS NULL OR to_day > from_day),
    CONSTRAINT enrollment_once_excl EXCLUDE USING gist (uuidrange(student_id, student_id, '[]') WITH &&, daterange(from_day, to_day) WITH &&)
);
CREATE INDEX enrollment_school_id_class_id_idx ON enrollment (school_id, class_id);

CREATE TABLE excuse (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    student_id uuid NOT NULL,
    from_day date NOT NULL,
    to_day date NOT NULL,
    reason text NOT NULL,
    author_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    annulled_at timestamptz,
    annul_reason text DEFAULT '' NOT NULL,
    CONSTRAINT excuse_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT excuse_school_id_student_id_fkey FOREIGN KEY(school_id, student_id) REFERENCES student (school_id, person_id),
    CONSTRAINT excuse_reason_check CHECK (reason IN ('ill', 'valid', 'invalid')),
    CONSTRAINT excuse_days_check CHECK (to_day > from_day)
);
CREATE INDEX excuse_school_id_student_id_idx ON excuse (school_id, student_id) WHERE annulled_at IS NULL;

CREATE TABLE guardianship (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    student_id uuid NOT NULL,
    relation text NOT NULL,
    from_day date NOT NULL,
    to_day date,
    restricted boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT guardianship_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT guardianship_school_id_guardian_id_fkey FOREIGN KEY(school_id, guardian_id) REFERENCES guardian (school_id, person_id),
    CONSTRAINT guardianship_school_id_student_id_fkey FOREIGN KEY(school_id, student_id) REFERENCES student (school_id, person_id),
    CONSTRAINT guardianship_days_check CHECK (to_day IS NULL OR to_day > from_day),
    CONSTRAINT guardianship_two_people_check CHECK (guardian_id <> student_id),
    CONSTRAINT guardianship_once_excl EXCLUDE USING gist (uuidrange(guardian_id, guardian_id, '[]') WITH &&, uuidrange(student_id, student_id, '[]') WITH &&, daterange(from_day, to_day) WITH &&)
);
CREATE INDEX guardianship_school_id_guardian_id_idx ON guardianship (school_id, guardian_id);
CREATE INDEX guardianship_school_id_student_id_idx ON guardianship (school_id, student_id);

CREATE TABLE course_teacher (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    course_id uuid NOT NULL,
    person_id uuid NOT NULL,
    from_day date NOT NULL,
    to_day date,
    CONSTRAINT course_teacher_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT course_teacher_school_id_course_id_fkey FOREIGN KEY(school_id, course_id) REFERENCES course (school_id, id),
    CONSTRAINT course_teacher_school_id_person_id_fkey FOREIGN KEY(school_id, person_id) REFERENCES staff (school_id, person_id),
    CONSTRAINT course_teacher_days_check CHECK (to_day IS NULL OR to_day > from_day),
    CONSTRAINT course_teacher_once_excl EXCLUDE USING gist (uuidrange(course_id, course_id, '[]') WITH &&, uuidrange(person_id, person_id, '[]') WITH &&, daterange(from_day, to_day) WITH &&)
);
CREATE INDEX course_teacher_school_id_person_id_idx ON course_teacher (school_id, person_id);

CREATE TABLE lesson (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    course_id uuid NOT NULL,
    taught_on date NOT NULL,
    number integer NOT NULL,
    starts_at time,
    ends_at time,
    topic text DEFAULT '' NOT NULL,
    status text DEFAULT 'planned' NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    attendance_checked_at timestamptz,
    attendance_checked_by uuid,
    attendance_version integer DEFAULT 0 NOT NULL,
    annulled_at timestamptz,
    annul_reason text DEFAULT '' NOT NULL,
    CONSTRAINT lesson_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT lesson_school_id_course_id_fkey FOREIGN KEY(school_id, course_id) REFERENCES course (school_id, id),
    CONSTRAINT lesson_number_check CHECK (number BETWEEN 1 AND 15),
    CONSTRAINT lesson_status_check CHECK (status IN ('planned', 'held', 'cancelled'))
);
CREATE UNIQUE INDEX lesson_school_id_course_id_taught_on_number_key ON lesson (school_id, course_id, taught_on, number) WHERE annulled_at IS NULL;

CREATE TABLE period_mark (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    period_id uuid NOT NULL,
    course_id uuid NOT NULL,
    student_id uuid NOT NULL,
    symbol text,
    reason text DEFAULT '' NOT NULL,
    comment text DEFAULT '' NOT NULL,
    version integer NOT NULL,
    author_id uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT period_mark_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT period_mark_school_id_period_id_fkey FOREIGN KEY(school_id, period_id) REFERENCES period (school_id, id),
    CONSTRAINT period_mark_school_id_course_id_fkey FOREIGN KEY(school_id, course_id) REFERENCES course (school_id, id),
    CONSTRAINT period_mark_school_id_student_id_fkey FOREIGN KEY(school_id, student_id) REFERENCES student (school_id, person_id),
    CONSTRAINT period_mark_school_id_course_id_period_id_student_id_key UNIQUE (school_id, course_id, period_id, student_id),
    CONSTRAINT period_mark_reason_check CHECK (reason IN ('', 'valid', 'programme'))
);
CREATE INDEX period_mark_school_id_student_id_idx ON period_mark (school_id, student_id);

CREATE TABLE attendance (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    course_id uuid NOT NULL,
    lesson_id uuid NOT NULL,
    student_id uuid NOT NULL,
    status text,
    minutes_late integer,
    version integer NOT NULL,
    author_id uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT attendance_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT attendance_school_id_course_id_fkey FOREIGN KEY(school_id, course_id) REFERENCES course (school_id, id),
    CONSTRAINT attendance_school_id_lesson_id_fkey FOREIGN KEY(school_id, lesson_id) REFERENCES lesson (school_id, id),
    CONSTRAINT attendance_school_id_student_id_fkey FOREIGN KEY(school_id, student_id) REFERENCES student (school_id, person_id),
    CONSTRAINT attendance_school_id_lesson_id_student_id_key UNIQUE (school_id, lesson_id, student_id),
    CONSTRAINT attendance_status_check CHECK (status IN ('absent', 'late', 'exempt')),
    CONSTRAINT attendance_minutes_check CHECK (minutes_late IS NULL OR (status = 'late' AND minutes_late BETWEEN 1 AND 90))
);
CREATE INDEX attendance_school_id_course_id_idx ON attendance (school_id, course_id);
CREATE INDEX attendance_school_id_student_id_idx ON attendance (school_id, student_id);

CREATE TABLE line_item (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    course_id uuid NOT NULL,
    lesson_id uuid,
    on_day date NOT NULL,
    work_type_id uuid NOT NULL,
    weight numeric NOT NULL,
    title text DEFAULT '' NOT NULL,
    ordinal integer DEFAULT 0 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    annulled_at timestamptz,
    annul_reason text DEFAULT '' NOT NULL,
    CONSTRAINT line_item_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT line_item_school_id_course_id_fkey FOREIGN KEY(school_id, course_id) REFERENCES course (school_id, id),
    CONSTRAINT line_item_school_id_lesson_id_fkey FOREIGN KEY(school_id, lesson_id) REFERENCES lesson (school_id, id),
    CONSTRAINT line_item_school_id_work_type_id_fkey FOREIGN KEY(school_id, work_type_id) REFERENCES work_type (school_id, id),
    CONSTRAINT line_item_weight_check CHECK (weight > 0 AND weight <= 100)
);
CREATE INDEX line_item_school_id_course_id_on_day_idx ON line_item (school_id, course_id, on_day);
CREATE UNIQUE INDEX line_item_school_id_lesson_id_work_type_id_ordinal_key ON line_item (school_id, lesson_id, work_type_id, ordinal) WHERE annulled_at IS NULL AND lesson_id IS NOT NULL;

CREATE TABLE mark (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    course_id uuid NOT NULL,
    line_item_id uuid NOT NULL,
    student_id uuid NOT NULL,
    slot integer NOT NULL,
    symbol text,
    number numeric,
    made_up boolean DEFAULT false NOT NULL,
    comment text DEFAULT '' NOT NULL,
    version integer NOT NULL,
    author_id uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT mark_pkey PRIMARY KEY (school_id, id),
    CONSTRAINT mark_school_id_course_id_fkey FOREIGN KEY(school_id, course_id) REFERENCES course (school_id, id),
    CONSTRAINT mark_school_id_line_item_id_fkey FOREIGN KEY(school_id, line_item_id) REFERENCES line_item (school_id, id),
    CONSTRAINT mark_school_id_student_id_fkey FOREIGN KEY(school_id, student_id) REFERENCES student (school_id, person_id),
    CONSTRAINT mark_school_id_line_item_id_student_id_slot_key UNIQUE (school_id, line_item_id, student_id, slot),
    CONSTRAINT mark_slot_check CHECK (slot IN (0, 1)),
    CONSTRAINT mark_cleared_check CHECK (symbol IS NOT NULL OR number IS NULL)
);
CREATE INDEX mark_school_id_course_id_idx ON mark (school_id, course_id);
CREATE INDEX mark_school_id_student_id_idx ON mark (school_id, student_id);
"""

# A page is unchanged as long as the course's and the class's counters are. Statement triggers bump them: with
# row triggers, and without the course's row locked first, writers of one course dead-locked.
COUNTERS = """
CREATE FUNCTION bump_courses() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    UPDATE course SET version = version + 1
    WHERE (school_id, id) IN (SELECT DISTINCT school_id, course_id FROM changed);
    RETURN NULL;
END
$body$;

CREATE FUNCTION bump_classes() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    UPDATE school_class SET version = version + 1
    WHERE (school_id, id) IN (SELECT DISTINCT school_id, class_id FROM changed);
    RETURN NULL;
END
$body$;

CREATE FUNCTION bump_classes_of_students() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    UPDATE school_class SET version = version + 1
    WHERE (school_id, id) IN (SELECT e.school_id, e.class_id FROM changed c JOIN enrollment e
                              ON e.school_id = c.school_id AND e.student_id = c.student_id);
    RETURN NULL;
END
$body$;

CREATE FUNCTION bump_classes_of_person() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    UPDATE school_class SET version = version + 1
    WHERE (school_id, id) IN (SELECT e.school_id, e.class_id FROM changed c JOIN enrollment e
                              ON e.school_id = c.school_id AND e.student_id = c.id);
    RETURN NULL;
END
$body$;
"""

BUMPS = {
    "lesson": "bump_courses",
    "line_item": "bump_courses",
    "mark": "bump_courses",
    "attendance": "bump_courses",
    "course_teacher": "bump_courses",
    "enrollment": "bump_classes",
    "class_teacher": "bump_classes",
    "excuse": "bump_classes_of_students",
    "person": "bump_classes_of_person",
}

AUDITED: dict[str, tuple[str, list[str], list[str]]] = {
    "person": ("id", ["last_name", "first_name", "middle_name", "left_on"], ["birth_date"]),
    "student": ("person_id", ["admitted_on", "order_number"], ["personal_file_number", "sex"]),
    "staff": ("person_id", ["position"], []),
    "contact": ("person_id", ["kind"], ["value"]),
    "guardianship": (
        "id",
        ["guardian_id", "student_id", "relation", "from_day", "to_day", "restricted"],
        [],
    ),
    "school_year": ("id", ["starts_on", "ends_on"], []),
    "period": ("id", ["kind", "ordinal", "grade_from", "grade_to", "starts_on", "ends_on", "closed_at"], []),
    "scale": ("id", ["code", "title"], []),
    "work_type": ("id", ["code", "title", "short_title", "weight"], []),
    "subject": ("id", ["name", "scale_id"], []),
    "school_class": ("id", ["grade_level", "letter"], []),
    "class_teacher": ("id", ["class_id", "person_id", "from_day", "to_day"], []),
    "enrollment": ("id", ["class_id", "student_id", "from_day", "to_day"], []),
    "course": ("id", ["class_id", "subject_id", "kind", "scale_id"], []),
    "course_teacher": ("id", ["course_id", "person_id", "from_day", "to_day"], []),
    "lesson": (
        "id",
        ["course_id", "taught_on", "number", "topic", "status", "attendance_checked_at", "attendance_checked_by",
         "annulled_at", "annul_reason"],
        [],
    ),
    "line_item": (
        "id",
        ["lesson_id", "on_day", "work_type_id", "weight", "title", "annulled_at", "annul_reason"],
        [],
    ),
    "mark": ("id", ["line_item_id", "student_id", "slot", "symbol", "made_up", "comment"], []),
    "attendance": ("id", ["lesson_id", "student_id", "status", "minutes_late"], []),
    "excuse": ("id", ["student_id", "from_day", "to_day", "annulled_at"], ["reason"]),
    "period_mark": ("id", ["period_id", "course_id", "student_id", "symbol", "reason", "comment"], []),
}

FACTS = ["lesson", "line_item", "mark", "attendance", "excuse", "period_mark", "enrollment", "guardianship"]
"""The application may change these but never delete them."""

SECURED = [
    "person", "student", "guardian", "staff", "contact", "guardianship", "school_year", "period", "scale",
    "scale_value", "work_type", "subject", "school_class", "class_teacher", "enrollment", "course",
    "course_teacher", "lesson", "line_item", "mark", "page_operation", "attendance", "excuse", "period_mark",
]


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(COUNTERS)
    for table, function in BUMPS.items():
        for event in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER bump_{event.lower()} AFTER {event} ON {table}"
                f" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )
    for table in SECURED:
        op.execute(enable_school_security(table))
    for table, (key, shown, hidden) in AUDITED.items():
        op.execute(audit(table, key, shown, hidden))
    for table in FACTS:
        op.execute(keep(table, "journal"))
