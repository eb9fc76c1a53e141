namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>
/// What <see cref="ForeignHeaders"/> has, in Arabic, Hebrew, Persian, Urdu, Hindi, Bengali, Indonesian, Malay, Vietnamese, Thai, Greek, Ukrainian, Bulgarian, Serbian, Croatian, Slovene,
/// Slovak and the languages of the Baltic.
/// </summary>
internal static class FurtherHeaders
{
    /// <summary>The headers of attributes.</summary>
    public static readonly (string Attribute, string[] Headers)[] Contact =
    [
        ("email", PlainText.OfAll(
            "البريد الإلكتروني", "بريد إلكتروني", "البريد", "عنوان البريد الإلكتروني", "الإيميل", "إيميل", "אימייל", "אי-מייל", "מייל", "דוא\"ל", "דואר אלקטרוני", "כתובת אימייל", "כתובת מייל",
            "כתובת דוא\"ל", "כתובת דואר אלקטרוני", "ایمیل", "آدرس ایمیل", "نشانی ایمیل", "پست الکترونیک", "پست الکترونیکی", "رایانامه", "ای میل", "ای میل ایڈریس", "ای میل پتہ", "برقی پتہ",
            "ईमेल", "ई-मेल", "ईमेल पता", "ईमेल आईडी", "ইমেইল", "ইমেল", "ই-মেইল", "ইমেইল ঠিকানা", "ইমেল ঠিকানা", "Surel", "Alamat email", "Alamat surel", "Emel", "Alamat emel", "Địa chỉ email", "Dia chi email",
            "Thư điện tử", "อีเมล", "อีเมล์", "ที่อยู่อีเมล", "Διεύθυνση email", "Ηλεκτρονικό ταχυδρομείο", "Διεύθυνση ηλεκτρονικού ταχυδρομείου", "Електронна пошта", "Електронна адреса",
            "Адреса електронної пошти", "Ел. пошта", "Эл. почта", "Почта", "Имейл", "Електронна поща", "Имејл", "Е-пошта", "E-pošta", "E-mail adresa", "Elektroninis paštas", "El. paštas", "E-pasts",
            "E-pasta adrese", "Meiliaadress")),
        ("phone", PlainText.OfAll(
            "الهاتف", "هاتف", "رقم الهاتف", "الجوال", "جوال", "رقم الجوال", "الموبايل", "موبايل", "رقم الموبايل", "المحمول", "رقم المحمول", "الهاتف المحمول", "رقم الهاتف المحمول", "التليفون", "تليفون",
            "رقم التليفون", "النقال", "الهاتف النقال", "טלפון", "מספר טלפון", "מס' טלפון", "טלפון נייד", "נייד", "מספר נייד", "סלולרי", "פלאפון", "تلفن", "شماره تلفن", "تلفن همراه", "موبایل", "شماره موبایل",
            "شماره همراه", "شماره تماس", "فون", "فون نمبر", "موبائل", "موبائل نمبر", "ٹیلی فون", "फ़ोन", "फ़ोन नंबर", "मोबाइल", "मोबाइल नंबर", "दूरभाष", "ফোন", "ফোন নম্বর", "ফোন নাম্বার", "মোবাইল", "মোবাইল নম্বর",
            "মোবাইল নাম্বার", "টেলিফোন", "Telepon", "Nomor telepon", "No. telepon", "No. telp", "Nomor HP", "No. HP", "Ponsel", "Nomor ponsel", "Handphone", "Nombor telefon", "No. telefon", "Điện thoại", "Dien thoai",
            "Số điện thoại", "So dien thoai", "Di động", "Số di động", "Điện thoại di động", "โทรศัพท์", "เบอร์โทรศัพท์", "เบอร์โทร", "หมายเลขโทรศัพท์", "มือถือ", "เบอร์มือถือ", "Τηλέφωνο", "Αριθμός τηλεφώνου",
            "Κινητό", "Κινητό τηλέφωνο", "Номер телефону", "Мобільний телефон", "Мобільний", "Мобильный", "Моб. телефон", "Мобилен телефон", "Телефонен номер", "Број телефона", "Broj telefona", "Mobitel",
            "Telefonska številka", "Telefónne číslo", "Telefono numeris", "Telefonas", "Tālrunis", "Tālruņa numurs")),
        ("first_name", PlainText.OfAll(
            "الاسم الأول", "اسم الأول", "الاسم الشخصي", "שם פרטי", "نام کوچک", "پہلا نام", "पहला नाम", "प्रथम नाम", "প্রথম নাম", "নামের প্রথম অংশ", "Nama depan", "Nama pertama", "ชื่อจริง", "Μικρό όνομα", "Ім'я", "Ім’я",
            "Собствено име", "Eesnimi")),
        ("last_name", PlainText.OfAll(
            "اسم العائلة", "الاسم الأخير", "الاسم العائلي", "שם משפחה", "نام خانوادگی", "خاندانی نام", "آخری نام", "अंतिम नाम", "उपनाम", "कुलनाम", "सरनेम", "শেষ নাম", "পদবি", "পদবী", "নামের শেষ অংশ", "Nama belakang",
            "Nama keluarga", "Nama akhir", "Họ và tên đệm", "Họ đệm", "นามสกุล", "Επώνυμο", "Прізвище", "Фамилно име", "Презиме", "Prezime", "Priimek", "Priezvisko", "Pavardė", "Uzvārds", "Perekonnanimi")),
        ("time_zone", PlainText.OfAll(
            "المنطقة الزمنية", "אזור זמן", "منطقه زمانی", "ٹائم زون", "समय क्षेत्र", "সময় অঞ্চল", "Zona waktu", "Zon masa", "Múi giờ", "เขตเวลา", "Ζώνη ώρας", "Часовий пояс", "Часова зона", "Vremenska zona", "Časové pásmo")),
        ("created", PlainText.OfAll(
            "تاريخ الإنشاء", "تاريخ الإضافة", "أنشئ في", "نشأ في", "תאריך יצירה", "נוצר", "נוצר ב", "נוצר בתאריך", "تاریخ ایجاد", "تاریخ تخلیق", "निर्माण तिथि", "निर्माण दिनांक", "তৈরির তারিখ", "Dibuat", "Dibuat pada",
            "Tanggal dibuat", "Tanggal pembuatan", "Ngày tạo", "Thời gian tạo", "วันที่สร้าง", "สร้างเมื่อ", "Ημερομηνία δημιουργίας", "Дата створення", "Створено", "Дата создания", "Создан", "Создано", "Дата на създаване",
            "Датум креирања", "Datum kreiranja", "Datum vytvoření", "Vytvořeno", "Dátum vytvorenia", "Sukūrimo data")),
    ];

    /// <summary>Headers that are a name, first or last, only beside another one.</summary>
    public static readonly (string Header, string[] Beside, string Attribute)[] Pairs =
    [
        Pair("الاسم", "first_name", "اسم العائلة", "الاسم الأخير", "الاسم العائلي", "اللقب", "الكنية", "النسب"),
        Pair("اللقب", "last_name", "الاسم", "الاسم الأول", "الاسم الشخصي"),
        Pair("الكنية", "last_name", "الاسم", "الاسم الأول"),
        Pair("النسب", "last_name", "الاسم", "الاسم الشخصي"),
        Pair("שם", "first_name", "שם משפחה", "משפחה"),
        Pair("פרטי", "first_name", "שם משפחה", "משפחה"),
        Pair("משפחה", "last_name", "שם", "שם פרטי", "פרטי"),
        Pair("نام", "first_name", "نام خانوادگی", "فامیلی", "خاندانی نام"),
        Pair("فامیلی", "last_name", "نام"),
        Pair("नाम", "first_name", "उपनाम", "कुलनाम", "सरनेम", "अंतिम नाम"),
        Pair("নাম", "first_name", "পদবি", "পদবী", "শেষ নাম"),
        Pair("Nama", "first_name", "Nama keluarga", "Nama belakang"),
        Pair("Tên", "first_name", "Họ", "Họ đệm", "Họ và tên đệm"),
        Pair("Họ", "last_name", "Tên"),
        Pair("ชื่อ", "first_name", "นามสกุล"),
        Pair("Όνομα", "first_name", "Επώνυμο", "Επίθετο"),
        Pair("Επίθετο", "last_name", "Όνομα"),
        Pair("Име", "first_name", "Фамилия", "Фамилно име", "Презиме"),
        Pair("Ime", "first_name", "Prezime", "Priimek"),
        Pair("Meno", "first_name", "Priezvisko"),
        Pair("Vardas", "first_name", "Pavardė"),
        Pair("Vārds", "first_name", "Uzvārds"),
    ];

    /// <summary>The headers of tags.</summary>
    public static readonly string[] Tags = PlainText.OfAll(
        "الوسوم", "وسوم", "العلامات", "תגיות", "תגים", "תוויות", "برچسب", "برچسب‌ها", "تگ", "تگ‌ها", "ٹیگ", "ٹیگز", "टैग", "टैग्स", "ট্যাগ", "ট্যাগসমূহ", "Nhãn", "แท็ก", "ป้ายกำกับ", "Ετικέτες", "Мітки", "Етикети", "Ознаке",
        "Oznake", "Štítky", "Žymos", "Birkas", "Sildid");

    private static (string Header, string[] Beside, string Attribute) Pair(string header, string attribute, params string[] beside) =>
        (PlainText.Of(header), PlainText.OfAll(beside), attribute);
}
