"""R4 «Итоги успеваемости класса за учебный период»: what the sheet says, as PDF and as XLSX."""
