using TagSegments.Tags.Crm.Imports.Encodings;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>Files in the encoding of old Macintoshes, in which Excel still writes them there: they were taken for Windows-1250.</summary>
public sealed class MacTextTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("Müller,Köln\nJörg,Lübeck\n")]
    [InlineData("März,Düsseldorf\nGroß,Straße\n")]
    [InlineData("José,Bogotá\nMuñoz,León\n")]
    [InlineData("Hélène,Besançon\nNoël,Orléans\nJérôme,Sacré-Cœur\n")]
    [InlineData("Søren,København\nBjørn,Småland\n")]
    [InlineData("João,São Paulo\nInês,Conceição\n")]
    [InlineData("Niccolò,Città di Castello\nForlì,perché\n")]
    [InlineData("Mäkelä,Jyväskylä\nSirpa,Hämeenlinna\n")]
    [InlineData("Raúl,Jesús\nJosé,Málaga\n")]
    public async Task Letters_with_others_around_them_tell_it(string rows)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var plain = string.Concat(Enumerable.Repeat("Ada,Graz\n", 100));

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), FileEncoding.Find("macroman")!.GetBytes($"last name,city\n{rows}{plain}"));

        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal((Kind.EncodingGuessed, "macintosh"), (notice.Kind, result.Plan.Encoding));
        Assert.Contains("macintosh", notice.Message, StringComparison.Ordinal);
        foreach (var (line, number) in rows.TrimEnd().Split('\n').Select((line, index) => (line, index + 1)))
        {
            var contact = await account.GetContactAsync(number);
            Assert.Equal(line, $"{contact.LastName},{contact.Fields.Fields["city"].StringValue}");
        }
    }

    [Theory]
    [InlineData("windows-1252", "Müller,Köln\nJörg,Lübeck\n")]
    [InlineData("windows-1252", "François,“Besançon”…\nD’Arc,l’été – cœur\n")]
    [InlineData("windows-1252", "cœur,bœuf\nœuvre,sœur\n")]
    [InlineData("windows-1252", "it’s,don’t\nBrand™,text…\n")]
    [InlineData("windows-1252", "Søren,København\n")]
    [InlineData("windows-1252", "5 €,10 €\n")]
    [InlineData("windows-1250", "Dušan,Košice\nTomáš,Žilina\n")]
    [InlineData("windows-1250", "Jože,Maribor\nDušan,Krško\n")]
    [InlineData("windows-1250", "Krško,Tržič\n")]
    [InlineData("windows-1250", "Woźniak,Łódź\nKaśka,Grudziądz\n")]
    [InlineData("windows-1250", "Woźniak,Poznań\n")]
    [InlineData("windows-1250", "Kráľ,Ľubomír\n")]
    [InlineData("windows-1251", "Иванов,Москва\n")]
    [InlineData("windows-1254", "Şahin,Iğdır\n")]
    [InlineData("windows-1257", "Šarūnas,Kėdainiai\n")]
    [InlineData("cp850", "Müller,Köln\nJörg,Lübeck\n")]
    [InlineData("shift_jis", "テスト,東京都\n山田太郎,ソ表\n")]
    [InlineData("gb18030", "王小明,李四\n")]
    public void Other_encodings_are_not_taken_for_it(string encoding, string rows) => Assert.False(MacText.Looks(FileEncoding.Find(encoding)!.GetBytes(rows)));
}
