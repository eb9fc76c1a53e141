namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>What files call attributes in other languages than English: whole headers, in the form of <see cref="PlainText"/>.</summary>
internal static class ForeignHeaders
{
    /// <summary>The headers of attributes.</summary>
    public static readonly (string Attribute, string[] Headers)[] Contact =
    [
        ("email", PlainText.OfAll(
            "E-Mail-Adresse", "Mailadresse", "E-Mail-Adressen", "Adresse e-mail", "Adresse mail", "Adresse électronique", "Courriel", "Adresse de courriel", "Adresse courriel",
            "Correo electrónico", "Correo", "Dirección de correo electrónico", "Dirección de correo", "Dirección de email", "Indirizzo e-mail", "Indirizzo di posta elettronica", "Posta elettronica",
            "E-mailadres", "Mailadres", "Endereço de e-mail", "Endereço e-mail", "Correio eletrônico", "Correio electrónico", "Adres e-mail", "Adres mail", "E-postadress", "E-post", "E-postadresse", "Mejl",
            "Sähköposti", "Sähköpostiosoite", "E-mailová adresa", "E-mail cím", "Adresă de e-mail", "Adresa e-mail", "E-posta", "E-posta adresi", "Электронная почта", "Адрес электронной почты",
            "メール", "メールアドレス", "Eメール", "Eメールアドレス", "電子メール", "電子メールアドレス", "邮箱", "电子邮件", "电子邮箱", "邮箱地址", "电子邮件地址", "電子郵件", "電子郵件地址", "이메일", "이메일 주소", "메일")),
        ("phone", PlainText.OfAll(
            "Telefon", "Telefonnummer", "Telefon-Nr.", "Handy", "Handynummer", "Mobil", "Mobilnummer", "Mobiltelefon", "Mobiltelefonnummer", "Rufnummer", "Numéro de téléphone", "Téléphone portable",
            "Portable", "Téléphone mobile", "Numéro de portable", "Numéro de mobile", "Teléfono", "Número de teléfono", "Teléfono móvil", "Móvil", "Celular", "Número de móvil", "Número de celular",
            "Teléfono celular", "Numero di telefono", "Cellulare", "Numero di cellulare", "Telefoon", "Telefoonnummer", "Mobiel", "Mobiele telefoon", "Mobiel nummer", "Telefone", "Número de telefone",
            "Telemóvel", "Telefone celular", "Numer telefonu", "Nr telefonu", "Telefon komórkowy", "Puhelin", "Puhelinnumero", "Telefonní číslo", "Telefonszám", "Телефон", "Номер телефона",
            "Мобильный телефон", "電話番号", "電話", "携帯電話", "携帯電話番号", "携帯番号", "电话", "电话号码", "手机", "手机号", "手机号码", "電話號碼", "전화번호", "휴대폰", "휴대폰 번호", "휴대전화")),
        ("first_name", PlainText.OfAll(
            "Vorname", "Prénom", "Nombre de pila", "Primer nombre", "Voornaam", "Primeiro nome", "Nome próprio", "Imię", "Förnamn", "Fornavn", "Etunimi", "Křestní jméno", "Keresztnév", "Prenume", "Имя")),
        ("last_name", PlainText.OfAll(
            "Nachname", "Familienname", "Zuname", "Nom de famille", "Apellido", "Apellidos", "Cognome", "Achternaam", "Sobrenome", "Último nome", "Nazwisko", "Efternamn", "Etternavn",
            "Efternavn", "Sukunimi", "Příjmení", "Vezetéknév", "Soyadı", "Soyad", "Фамилия", "姓", "姓氏", "苗字", "성")),
        ("time_zone", PlainText.OfAll(
            "Zeitzone", "Fuseau horaire", "Zona horaria", "Fuso orario", "Tijdzone", "Fuso horário", "Strefa czasowa", "Tidszon", "Часовой пояс", "タイムゾーン", "时区", "時區", "시간대")),
        ("created", PlainText.OfAll(
            "Erstellt", "Erstellt am", "Erstellungsdatum", "Angelegt am", "Date de création", "Créé le", "Fecha de creación", "Creado el", "Data di creazione", "Creato il", "Aanmaakdatum",
            "Aangemaakt op", "Data de criação", "Criado em", "Data utworzenia", "Utworzono", "作成日", "作成日時", "创建时间", "创建日期", "생성일")),
        .. FurtherHeaders.Contact,
    ];

    /// <summary>Headers that are a name, first or last, only beside another one: alone, they may be the whole name.</summary>
    public static readonly (string Header, string[] Beside, string Attribute)[] Pairs =
    [
        ("name", ["vorname", "voornaam"], "last_name"),
        ("nom", ["prenom"], "last_name"),
        ("nombre", ["apellido", "apellidos"], "first_name"),
        ("nome", ["cognome", "sobrenome"], "first_name"),
        ("jmeno", ["prijmeni"], "first_name"),
        ("nume", ["prenume"], "last_name"),
        ("ad", ["soyad", "soyadi"], "first_name"),
        ("adi", ["soyad", "soyadi"], "first_name"),
        ("名", ["姓", "姓氏"], "first_name"),
        ("名字", ["姓", "姓氏"], "first_name"),
        ("名前", ["姓", "苗字"], "first_name"),
        (PlainText.Of("이름"), [PlainText.Of("성")], "first_name"),
        .. FurtherHeaders.Pairs,
    ];

    /// <summary>The headers of tags.</summary>
    public static readonly string[] Tags =
    [
        .. PlainText.OfAll(
            "Schlagworte", "Schlagwörter", "Stichworte", "Etiketten", "Étiquettes", "Etiquetas", "Etichette", "Etykiety", "Tagi", "Метки", "Теги", "タグ", "标签", "標籤", "태그"),
        .. FurtherHeaders.Tags,
    ];
}
