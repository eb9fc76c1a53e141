using System.Text;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Tags.Crm.Imports.Encodings;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>Files whose letters another program has misread, so that they are wrong in any encoding: <c>MÃ¼ller</c>. They came in without a word.</summary>
public sealed class MisreadTextTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const string Rows = "Müller,Zürich\nGünther,Besançon\nO’Neil,“Sofia” – Łódź\nDéjà vu,Città d’arte\nAda,Graz\n";

    [Theory]
    [InlineData("windows-1252")]
    [InlineData("windows-1250")]
    [InlineData("windows-1251")]
    [InlineData("macintosh")]
    [InlineData("ibm850")]
    public async Task Misread_letters_are_said_and_put_back_if_asked_for(string taken)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var file = $"last name,city\n{Misread(Rows, taken)}";

        var said = await Importer.RunAsync(account.Apps, account.Name, new() { DryRun = true }, file);

        Assert.Equal([("last name", 4L), ("city", 4L)], said.Plan.Notices.Select(notice => (notice.Column, notice.Rows)));
        Assert.All(said.Summary.Notices, notice =>
        {
            Assert.Equal(Kind.LooksMisread, notice.Kind);
            Assert.Contains($"utf-8-as-{taken}", notice.Message, StringComparison.Ordinal);
        });
        Assert.Contains("would be \"Müller\"", said.Summary.Notices[0].Message, StringComparison.Ordinal);

        var right = await Importer.RunAsync(account.Apps, account.Name, new() { Encoding = $"UTF-8-as-{taken}" }, file);

        Assert.Empty(right.Summary.Notices);
        var contacts = await Task.WhenAll(Enumerable.Range(1, 5).Select(account.GetContactAsync));
        Assert.Equal(Rows, string.Concat(contacts.Select(contact => $"{contact.LastName},{contact.Fields.Fields["city"].StringValue}\n")));
    }

    [Fact]
    public async Task Nothing_is_put_back_that_nobody_asked_for()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(account.Apps, account.Name, new(), "last name\nMÃ¼ller\n");

        Assert.Equal("MÃ¼ller", (await account.GetContactAsync(1)).LastName);
    }

    [Fact]
    public async Task A_letter_that_ends_with_white_space_comes_back_at_the_end()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        const string file = "last name,city\nVoilÃ\u00A0,\"CittÃ\u00A0\"\nMÃ¼ller,dÃ©jÃ\u00A0\n";

        var said = await Importer.RunAsync(account.Apps, account.Name, new() { DryRun = true }, file);
        await Importer.RunAsync(account.Apps, account.Name, new() { Encoding = "utf-8-as-windows-1252" }, file);

        Assert.Equal(["last name", "city"], said.Summary.Notices.Select(notice => notice.Column));
        var contacts = await Task.WhenAll(Enumerable.Range(1, 2).Select(account.GetContactAsync));
        Assert.Equal(["Voilà Città", "Müller déjà"], contacts.Select(contact => $"{contact.LastName} {contact.Fields.Fields["city"].StringValue}"));
    }

    [Fact]
    public async Task A_quarter_of_a_column_is_enough_and_right_letters_stay()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        const string file = "last name,city,GrÃ¶ÃŸe\nMÃ¼ller,Köln,1\nKöhler,Müñchen,2\nGöbel,Łódź,3\nŻak,Ñandú,4\n";

        var said = await Importer.RunAsync(account.Apps, account.Name, new() { DryRun = true }, file);
        await Importer.RunAsync(account.Apps, account.Name, new() { Encoding = "utf-8-as-windows-1252" }, file);

        Assert.Equal(["last name", "GrÃ¶ÃŸe"], said.Summary.Notices.Where(notice => notice.Kind == Kind.LooksMisread).Select(notice => notice.Column));
        var contacts = await Task.WhenAll(Enumerable.Range(1, 4).Select(account.GetContactAsync));
        Assert.Equal(["Müller", "Köhler", "Göbel", "Żak"], contacts.Select(contact => contact.LastName));
        Assert.Equal(["Köln", "Müñchen", "Łódź", "Ñandú"], contacts.Select(contact => contact.Fields.Fields["city"].StringValue));
        Assert.Equal(1, contacts[0].Fields.Fields["Größe"].NumberValue);
    }

    [Fact]
    public async Task JSON_and_other_encodings_are_read_so_too()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { Encoding = "utf-8-as-windows-1252" };

        await Importer.RunAsync(account.Apps, account.Name, options, "{\"last name\":\"MÃ¼ller\",\"GrÃ¶ÃŸe\":\"gro\u00C3\u0178\"}\n");
        await Importer.RunAsync(account.Apps, account.Name, options, [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("last name\nMÃ¼ller\n")]);
        await Importer.RunAsync(account.Apps, account.Name, options, [0xEF, 0xBB, 0xBF, .. "last name,price\nM\u00C3\u00BCller,\u00E2\u201A\u00AC 5.50\n"u8]);

        var contacts = await Task.WhenAll(Enumerable.Range(1, 3).Select(account.GetContactAsync));
        Assert.Equal(["Müller", "Müller", "Müller"], contacts.Select(contact => contact.LastName));
        Assert.Equal("groß", contacts[0].Fields.Fields["Größe"].StringValue);
        Assert.Equal(5.5, contacts[2].Fields.Fields["price"].NumberValue);
    }

    [Theory]
    [InlineData("utf-8-as-")]
    [InlineData("utf-8-as-utf-8")]
    [InlineData("utf-8-as-klingon")]
    public async Task Only_known_ways_to_misread_can_be_asked_for(string encoding)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, new() { Encoding = encoding }, "first name\nAda\n"));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.encoding");
    }

    [Theory]
    [InlineData("Müller")]
    [InlineData("François Lefèbvre")]
    [InlineData("São João")]
    [InlineData("IRMÃ")]
    [InlineData("RÓŻA")]
    [InlineData("MÍŠA")]
    [InlineData("ANDRÉ’S CAFÉ")]
    [InlineData("José’s “Ö”")]
    [InlineData("Ні")]
    [InlineData("Привіт, Олеся")]
    [InlineData("Ünal Şahin İĞDIR")]
    [InlineData("Ελένη")]
    [InlineData("王小明")]
    [InlineData("😀👩‍💻")]
    [InlineData("5 € – 10 %")]
    [InlineData("√2 ≈ 1.41")]
    [InlineData("Ø 5″")]
    [InlineData("Ada")]
    [InlineData("")]
    public void Right_texts_are_no_misread_ones_and_stay(string text) => Assert.All(MisreadText.Usual, misread => Assert.False(misread.Fits(text), misread.Name));

    [Theory]
    [InlineData("windows-1252", "Привет")]
    [InlineData("windows-1252", "日本")]
    [InlineData("windows-1252", "😀")]
    [InlineData("windows-1252", "5 €")]
    [InlineData("windows-1252", "voilà déjà")]
    [InlineData("windows-1251", "Иванов")]
    [InlineData("windows-1250", "Żółć")]
    [InlineData("macintosh", "Ελένη")]
    [InlineData("ibm850", "größer")]
    public void A_misread_text_comes_back(string taken, string text)
    {
        var misread = MisreadText.Find($"utf-8-as-{taken}")!;

        Assert.True(misread.Fits(Misread(text, taken).Trim()));
        Assert.Equal(text, misread.Repair(Misread(text, taken)));
        Assert.Equal(text, misread.Repair(Misread(Misread(text, taken), taken)));
        Assert.Equal(text, misread.Repair(text));
    }

    // What a program makes of a text that takes its UTF-8 for another encoding. In the gaps of Windows-1252 are control characters.
    private static string Misread(string text, string taken) => FileEncoding.Find(taken)!.GetString(Encoding.UTF8.GetBytes(text));
}
