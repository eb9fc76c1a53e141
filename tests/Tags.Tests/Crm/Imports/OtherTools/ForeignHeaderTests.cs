using Crm.Common.V1;
using Crm.Contacts.V1;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;
using State = Crm.Contacts.V1.Consent.Types.State;
using Tool = Crm.Contacts.V1.ImportOptions.Types.Tool;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>
/// Files whose headers are not English (the kind of rows C4 and C17 of the page of faults): their contacts came without address and name, without a word
/// about it, and presets refused them.
/// </summary>
public sealed class ForeignHeaderTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("E-Mail-Adresse;Vorname;Nachname;Telefonnummer")]
    [InlineData("E-Mail;Vorname;Name;Handy")]
    [InlineData("Adresse e-mail;Prénom;Nom;Numéro de téléphone")]
    [InlineData("ADRESSE E-MAIL;PRENOM;NOM;TELEPHONE")]
    [InlineData("Courriel;Prénom;Nom de famille;Téléphone portable")]
    [InlineData("Correo electrónico;Nombre;Apellidos;Teléfono móvil")]
    [InlineData("Dirección de correo electrónico;Nombre de pila;Apellido;Número de teléfono")]
    [InlineData("Indirizzo e-mail;Nome;Cognome;Numero di telefono")]
    [InlineData("Endereço de e-mail;Nome;Sobrenome;Celular")]
    [InlineData("E-mailadres;Voornaam;Achternaam;Telefoonnummer")]
    [InlineData("Adres e-mail;Imię;Nazwisko;Numer telefonu")]
    [InlineData("E-postadress;Förnamn;Efternamn;Mobilnummer")]
    [InlineData("メールアドレス;名;姓;電話番号")]
    [InlineData("ﾒｰﾙｱﾄﾞﾚｽ;名前;苗字;携帯電話")]
    [InlineData("电子邮箱;名字;姓氏;手机号")]
    [InlineData("이메일;이름;성;휴대폰")]
    [InlineData("Электронная почта;Имя;Фамилия;Телефон")]
    [InlineData("البريد الإلكتروني;الاسم الأول;اسم العائلة;رقم الهاتف")]
    [InlineData("البريد الالكترونى;الإسم الأول;اسم العائله;رقم الجوال")]
    [InlineData("الإيميل;الاسم;اللقب;الموبايل")]
    [InlineData("\"דוא\"\"ל\";שם פרטי;שם משפחה;טלפון נייד")]
    [InlineData("כתובת אימייל;שם;משפחה;נייד")]
    [InlineData("דוא״ל;פרטי;משפחה;מס' טלפון")]
    [InlineData("ایمیل;نام;نام خانوادگی;شماره موبایل")]
    [InlineData("ايميل;نام;نام‌خانوادگی;تلفن همراه")]
    [InlineData("ای میل;پہلا نام;آخری نام;فون نمبر")]
    [InlineData("ईमेल पता;पहला नाम;उपनाम;मोबाइल नंबर")]
    [InlineData("ई-मेल;नाम;उपनाम;फोन")]
    [InlineData("ইমেইল;প্রথম নাম;শেষ নাম;ফোন নম্বর")]
    [InlineData("ই-মেইল;নাম;পদবি;মোবাইল নম্বর")]
    [InlineData("Alamat email;Nama depan;Nama belakang;Nomor HP")]
    [InlineData("Địa chỉ email;Tên;Họ;Số điện thoại")]
    [InlineData("อีเมล;ชื่อ;นามสกุล;เบอร์โทรศัพท์")]
    [InlineData("Διεύθυνση email;Όνομα;Επώνυμο;Κινητό")]
    [InlineData("Електронна пошта;Ім'я;Прізвище;Номер телефону")]
    [InlineData("Имейл;Име;Фамилия;Телефонен номер")]
    [InlineData("E-pošta;Ime;Prezime;Broj telefona")]
    public async Task A_person_has_name_and_address_in_any_language(string header)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { MatchEmail = true }, $"{header}\nann@example.org;Ann;Lee;+43 660 1234567\n");

        var ann = await account.GetContactAsync(1);
        Assert.Equal(("ann@example.org", "Ann", "Lee", "+43 660 1234567"), (ann.Email, ann.FirstName, ann.LastName, ann.Phone));
        Assert.Empty(result.Summary.FieldsCreated);
        Assert.Empty(result.Summary.Notices);
    }

    [Theory]
    [InlineData("Nom")]
    [InlineData("Nombre")]
    [InlineData("Nome")]
    [InlineData("Name")]
    [InlineData("名")]
    [InlineData("Apelido")]
    [InlineData("الاسم")]
    [InlineData("שם")]
    [InlineData("नाम")]
    [InlineData("Nama")]
    [InlineData("ชื่อ")]
    public async Task A_header_that_may_be_the_whole_name_is_a_field(string header)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(account.Apps, account.Name, new(), $"email,{header}\nann@example.org,Ann Lee\n");

        var ann = await account.GetContactAsync(1);
        Assert.Equal(("", "", "Ann Lee"), (ann.FirstName, ann.LastName, ann.Fields.Fields[header].StringValue));
    }

    [Theory]
    [InlineData("Kontakt")]
    [InlineData("Netfang")]
    [InlineData("E-pochta")]
    [InlineData("እኢሜይል")]
    public async Task A_column_of_addresses_under_an_unknown_header_is_said(string header)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { DryRun = true }, $"{header},city\nann@example.org,Graz\nben@example.org,Wien\nnone,Linz\n");

        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal((Kind.LooksLikeEmail, header, 2), (notice.Kind, notice.Column, notice.Rows));
    }

    [Theory]
    [InlineData("الوسوم", "تاريخ الإنشاء")]
    [InlineData("תגיות", "תאריך יצירה")]
    [InlineData("टैग", "निर्माण तिथि")]
    [InlineData("برچسب‌ها", "تاریخ ایجاد")]
    [InlineData("Nhãn", "Ngày tạo")]
    [InlineData("Мітки", "Дата створення")]
    public async Task Tags_and_the_time_of_creation_are_known_too(string tags, string created)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"first name,{tags},{created}\nAnn,VIP,2023-01-02T10:20:00Z\n");

        Assert.Equal((Kind.LooksLikeTags, tags), (Assert.Single(result.Summary.Notices).Kind, result.Summary.Notices[0].Column));
        Assert.Equal(2023, (await account.GetContactAsync(1)).CreateTime.ToDateTime().Year);
    }

    [Theory]
    [InlineData("تاريخ الميلاد")]
    [InlineData("תאריך לידה")]
    [InlineData("जन्म तिथि")]
    [InlineData("জন্ম তারিখ")]
    [InlineData("Tanggal lahir")]
    [InlineData("Ngày sinh")]
    public async Task Days_without_marks_are_days_under_a_header_of_days(string header)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"first name,{header}\nAnn,19800304\nBen,19911224\n");

        Assert.Equal(Field.Types.Type.Date, Assert.Single(result.Summary.FieldsCreated).Type);
    }

    [Theory]
    [InlineData("email,Kontakt\nann@example.org,ben@example.org\n")]
    [InlineData("first name,site\nAnn,example.org\nBen,@ben\n")]
    [InlineData("first name,note\nAnn,ann@example.org\nBen,call\nCyd,call\n")]
    public async Task Nothing_is_said_of_what_is_no_lost_address(string file)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        Assert.Empty((await Importer.RunAsync(account.Apps, account.Name, new(), file)).Summary.Notices);
    }

    [Theory]
    [InlineData("Datensatz-ID,Vorname,Nachname,E-Mail,Von allen E-Mails abgemeldet,Erstellungsdatum")]
    [InlineData("ID d'enregistrement,Prénom,Nom,E-mail,Désinscrit de tous les e-mails,Date de création")]
    [InlineData("ID de registro,Nombre,Apellidos,Correo,Se canceló la suscripción a todos los correos electrónicos,Fecha de creación")]
    [InlineData("ID do registro,Nome,Sobrenome,E-mail,Cancelou a assinatura de todos os e-mails,Data de criação")]
    [InlineData("Record-ID,Voornaam,Achternaam,E-mail,Afgemeld voor alle e-mail,Aanmaakdatum")]
    [InlineData("レコードID,名,姓,Eメール,全メールの配信停止,作成日")]
    public async Task HubSpot_exports_the_names_that_its_user_sees(string header)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new() { From = Tool.Hubspot }, $"{header}\n51,Ann,Lee,ann@example.org,,2023-01-02 10:20\n52,Ben,Day,ben@example.org,true,2023-01-02 10:20\n");

        Assert.Equal((2, 1), (result.Summary.Created, result.Summary.RefusalsFound));
        var (ann, ben) = (await account.GetContactAsync(1), await account.GetContactAsync(2));
        Assert.Equal(("51", "Ann", "Lee", "ann@example.org", 2023), (ann.ExternalId, ann.FirstName, ann.LastName, ann.Email, ann.CreateTime.ToDateTime().Year));
        Assert.Equal((State.Never, State.Unsubscribed), (StateOf(ann), StateOf(ben)));
    }

    [Theory]
    [InlineData("E-Mail-Adresse,Vorname,Nachname")]
    [InlineData("Adresse e-mail,Prénom,Nom")]
    [InlineData("Dirección de correo electrónico,Nombre,Apellidos")]
    [InlineData("メールアドレス,名,姓")]
    public async Task Mailchimp_exports_the_labels_of_an_audience(string header)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { From = Tool.Mailchimp, FileName = "unsubscribed_email_audience_export_1.csv" };

        await Importer.RunAsync(account.Apps, account.Name, options, $"{header},UNSUB_TIME,TAGS\nann@example.org,Ann,Lee,2023-05-06 07:08:09,\"\"\"VIP\"\"\"\n");
        var again = await Importer.RunAsync(account.Apps, account.Name, options, $"{header},UNSUB_TIME,TAGS\nann@example.org,Ann,Lee,2023-05-06 07:08:09,\"\"\"VIP\"\"\"\n");

        var ann = await account.GetContactAsync(1);
        Assert.Equal(("ann@example.org", "Ann", "Lee", State.Unsubscribed), (ann.Email, ann.FirstName, ann.LastName, StateOf(ann)));
        Assert.Equal(1, again.Summary.Unchanged);
    }

    private static State StateOf(Contact contact) => contact.Consents.SingleOrDefault(consent => consent.Channel == Channel.Email)?.State ?? State.Never;
}
