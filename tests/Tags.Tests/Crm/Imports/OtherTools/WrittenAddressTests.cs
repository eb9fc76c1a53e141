using Crm.Contacts.V1;
using TagSegments.Csv;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>E-mail addresses with something around them, as address books, mail programs and spreadsheets write them: siblings of A1 to A3.</summary>
public sealed class WrittenAddressTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("Ann Lee <ann@x.example>", "ann@x.example", "Ann Lee")]
    [InlineData("\"Lee, Ann\" <ann@x.example>", "ann@x.example", "Ann Lee")]
    [InlineData("'Ann Lee' <ann@x.example>;", "ann@x.example", "Ann Lee")]
    [InlineData("„Änne Öz“ <ann@bücher.example>", "ann@bücher.example", "Änne Öz")]
    [InlineData("Ann (sales) <ann@x.example>", "ann@x.example", "Ann (sales)")]
    [InlineData("<ann@x.example>", "ann@x.example", "")]
    [InlineData("ann@x.example <ANN@x.example>", "ANN@x.example", "")]
    [InlineData("'ann@x.example' <ann@x.example>", "ann@x.example", "")]
    [InlineData("mailto:ann@x.example", "ann@x.example", "")]
    [InlineData("MAILTO:ann%2Btag@x.example?subject=Hi&cc=b@x.example", "ann+tag@x.example", "")]
    [InlineData("<mailto:ann@x.example>", "ann@x.example", "")]
    [InlineData("Ann <mailto:ann@x.example>", "ann@x.example", "Ann")]
    [InlineData("[ann@x.example](mailto:ann@x.example)", "ann@x.example", "")]
    [InlineData("[Ann](mailto:ann@x.example)", "ann@x.example", "Ann")]
    [InlineData("ann@x.example#mailto:ann@x.example#", "ann@x.example", "")]
    [InlineData("ann@x.example;", "ann@x.example", "")]
    [InlineData("\"ann@x.example\",", "ann@x.example", "")]
    [InlineData("'ann@x.example'", "ann@x.example", "")]
    [InlineData("(ann@x.example)", "ann@x.example", "")]
    [InlineData("ann＠x．example", "ann@x.example", "")]
    public void The_address_is_found(string text, string address, string name) => Assert.Equal(new WrittenAddress(address, name), WrittenAddress.Find(text));

    [Theory]
    [InlineData("ann@x.example")]
    [InlineData("o'brien@x.example")]
    [InlineData("ann@x.example, ben@x.example")]
    [InlineData("ann@x.example ben@x.example")]
    [InlineData("Ann <ann@x.example>, Ben <ben@x.example>")]
    [InlineData("Ann <ann@x.example>; <ben@x.example>")]
    [InlineData("ben@x.example <ann@x.example>")]
    [InlineData("ben@x.example via list <ann@x.example>")]
    [InlineData("mailto:ann@x.example,ben@x.example")]
    [InlineData("mailto:?to=ann@x.example")]
    [InlineData("do not use ann@x.example")]
    [InlineData("ann@x.example (old)")]
    [InlineData("Ann <ann at x.example>")]
    [InlineData("@ann")]
    [InlineData("<>")]
    [InlineData("@")]
    [InlineData("")]
    public void What_is_not_clear_stays_as_it_is(string text) => Assert.Equal(text, WrittenAddress.Of(text));

    [Fact]
    public async Task The_address_is_imported_with_the_name_that_nothing_else_gives_and_both_are_said()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new() { MatchEmail = true }, "email\nAnn Lee <ann@x.example>\nmailto:ben@x.example\neva@x.example\nAnn <ann@x.example>\nAnn <a@x>, Bob <b@x>\n");

        Assert.Equal((3, 1), (result.Summary.Created, result.Summary.Failed));
        Assert.Equal(["ann@x.example", "ben@x.example", "eva@x.example"], new[] { await account.GetContactAsync(1), await account.GetContactAsync(2), await account.GetContactAsync(3) }.Select(contact => contact.Email));
        Assert.Equal(("Ann", "Lee"), ((await account.GetContactAsync(1)).FirstName, (await account.GetContactAsync(1)).LastName));
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal((Kind.ValuesGuessed, "email", 3), (notice.Kind, notice.Column, notice.Rows));
        Assert.Contains("names beside 2 of them are taken", notice.Message, StringComparison.Ordinal);
        Assert.Equal(6, Assert.Single(result.Errors).Line);
    }

    [Fact]
    public async Task A_name_beside_the_address_replaces_none()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var first = await Importer.RunAsync(account.Apps, account.Name, new() { MatchEmail = true }, "email,first name\nAnn Lee <ann@x.example>,Anna\nBob Ray <bob@x.example>,\n");
        await Importer.RunAsync(account.Apps, account.Name, new() { MatchEmail = true }, "email\nAnn Lee <ann@x.example>\nBob Ray <bob@x.example>\n");

        Assert.Contains("left out", Assert.Single(first.Summary.Notices).Message, StringComparison.Ordinal);
        Assert.Equal(("Anna", ""), ((await account.GetContactAsync(1)).FirstName, (await account.GetContactAsync(1)).LastName));
        Assert.Equal(("Bob", "Ray"), ((await account.GetContactAsync(2)).FirstName, (await account.GetContactAsync(2)).LastName));
    }

    [Fact]
    public async Task A_column_of_a_field_keeps_its_texts_and_a_notice_counts_its_addresses()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), "first name,f\nAnn,Ann Lee <ann@x.example>\nBen,mailto:ben@x.example\n");

        Assert.Equal((Kind.LooksLikeEmail, 2), (Assert.Single(result.Summary.Notices).Kind, result.Summary.Notices[0].Rows));
        Assert.Equal("Ann Lee <ann@x.example>", (await account.GetContactAsync(1)).Fields.Fields["f"].StringValue);
    }
}
