using Crm.Contacts.V1;
using Crm.Segments.V1;
using CsCheck;
using TagSegments.Testing;
using Xunit.Abstractions;

namespace TagSegments.Segments.Tests.Filters;

/// <summary>
/// Rows A1, A5 and A6 of the page of faults, asked as filters: whole addresses in a filter are compared by what they are, as everywhere else;
/// parts of them as they are written.
/// </summary>
public sealed class AddressFilterTests(SharedApps shared, ITestOutputHelper output) : IClassFixture<SharedApps>
{
    private const string Country = "AT";

    // Each line is one address, written in several ways; no two lines are the same one.
    private static readonly string[][] s_emails =
    [
        ["ann@example.com", "Ann@EXAMPLE.com", "ANN@example.COM"],
        ["info@bücher.example", "info@xn--bcher-kva.example", "INFO@BÜCHER.example", "Info@bu\u0308cher.example", "info@XN--BCHER-KVA.EXAMPLE"],
        ["info@bucher.example", "Info@Bucher.Example"],
        ["jürgen@example.com", "JÜRGEN@example.com", "ju\u0308rgen@EXAMPLE.com"],
        ["jurgen@example.com"],
        ["σίσυφος@example.com", "ΣΊΣΥΦΟΣ@example.com", "σίσυφοσ@example.com"],
        ["a@faß.example", "A@xn--fa-hia.example"],
        ["a@fass.example"],
        ["ann+list@example.com", "Ann+List@example.com"],
    ];

    private static readonly string[][] s_phones =
    [
        ["+43 660 1234567", "0043 660 1234567", "0660 1234567", "+436601234567", "0660/123 45 67", "(0660) 1234567"],
        ["+49 170 1234567", "0049 170 1234567", "+49 (0) 170 1234567"],
        ["+43 1 234567", "01 234567", "01/23 45 67"],
        ["+43 1 2345678"],
    ];

    [Fact]
    public async Task Whole_addresses_match_however_they_are_written()
    {
        var account = await NewAsync();
        var contacts = new Dictionary<int, (int? Email, int? Phone)>();
        var random = new Random(Seed.Value);
        for (var i = 0; i < 60; i++)
        {
            int? email = random.Next(5) == 0 ? null : random.Next(s_emails.Length);
            int? phone = random.Next(3) == 0 ? null : random.Next(s_phones.Length);
            var contact = new Contact { Email = email is { } e ? Any(random, s_emails[e]) : "", Phone = phone is { } p ? Any(random, s_phones[p]) : "" };
            contacts[await account.NewContactAsync(contact)] = (email, phone);
        }

        var questions = Gen.Select(Gen.Bool, Gen.Int[0, 99], Gen.Int[0, 99], Gen.Int[0, 99].Array[1, 3]);
        await questions.SampleAsync(
            async question =>
            {
                var (isEmail, form, way, lines) = question;
                var groups = isEmail ? s_emails : s_phones;
                var asked = lines.Select(line => line % groups.Length).ToHashSet();
                var operands = asked.Select(line => groups[line][way % groups[line].Length]).ToArray();
                var one = operands.Length == 1;
                var (text, negative, andIsSet) = ((form % 4) switch
                {
                    0 or 1 => one ? "= {0}" : "in ({0})",
                    2 => one ? "!= {0}" : "not in ({0})",
                    _ => one ? "!= {0} and is set" : "not in ({0}) and is set",
                }, form % 4 >= 2, form % 4 == 3);
                var filter = $"{(isEmail ? "email" : "phone")} {string.Format(null, text, string.Join(", ", operands.Select(operand => $"\"{operand}\"")))}";
                var expected = contacts.Where(contact => (isEmail ? contact.Value.Email : contact.Value.Phone) is var line
                    && (line is { } given ? asked.Contains(given) != negative : negative && !andIsSet)).Select(contact => contact.Key);

                Assert.Equal((filter, string.Join(' ', expected.Order())), (filter, string.Join(' ', await MatchesAsync(account, filter))));
                var other = contacts.Keys.ElementAt(way % contacts.Count);
                Assert.Equal((filter, other, expected.Contains(other)), (filter, other, await ExplainAsync(account, filter, other)));
            },
            iter: 60,
            threads: 1,
            writeLine: output.WriteLine);
    }

    [Theory]
    [InlineData("email contains \"Ann\"", "1")]
    [InlineData("email contains \"ann\"", "2")]
    [InlineData("email contains \"ann\" ignoring case", "1 2")]
    [InlineData("email ends with \"EXAMPLE.com\"", "1")]
    [InlineData("email ends with \"bücher.example\"", "3")]
    [InlineData("email starts with \"info@xn--\"", "4")]
    [InlineData("phone starts with \"06\"", "1")]
    [InlineData("phone contains \"660\"", "1 2")]
    [InlineData("phone = \"n/a\"", "3")]
    [InlineData("phone = \"N/A\" ignoring case", "3 4")]
    [InlineData("phone = \"unknown\"", "")]
    [InlineData("phone in (\"n/a\", \"+43 660 1234567\")", "1 2 3")]
    public async Task Parts_and_what_is_no_number_compare_as_written(string filter, string expected)
    {
        var account = await NewAsync();
        await account.NewContactAsync(new() { Email = "Ann@EXAMPLE.com", Phone = "0660 1234567" });
        await account.NewContactAsync(new() { Email = "ann@example.com", Phone = "+43 660 1234567" });
        await account.NewContactAsync(new() { Email = "info@bücher.example", Phone = "n/a" });
        await account.NewContactAsync(new() { Email = "info@xn--bcher-kva.example", Phone = "N/A" });

        Assert.Equal(expected, string.Join(' ', await MatchesAsync(account, filter)));
    }

    [Fact]
    public async Task The_country_of_the_account_decides_whose_number_it_is()
    {
        var account = await NewAsync();
        await account.NewContactAsync(new() { Phone = "+43 660 1234567" });
        await account.NewContactAsync(new() { Phone = "+49 660 1234567" });
        await account.NewContactAsync(new() { Phone = "0660 1234567" });
        Assert.Equal(new[] { 1, 3 }, await MatchesAsync(account, "phone = \"0660 1234567\""));
        var before = DateTimeOffset.UtcNow;

        await shared.Apps.Accounts.UpdateAccountAsync(new() { Account = account.Name, Country = "DE" });

        // The contact without a country code is in another country now.
        await Eventually.ReadAsync(
            () => MatchesAsync(account, "phone = \"0660 1234567\""), matches => matches.SequenceEqual(new[] { 2, 3 }), "the numbers to be German");
        Assert.Equal(new[] { 1 }, await MatchesAsync(account, "phone = \"0043 660 1234567\""));
        Assert.Equal(new[] { 1, 3 }, await MatchesAsync(account, "phone = \"0660 1234567\"", before));
    }

    private static string Any(Random random, string[] values) => values[random.Next(values.Length)];


    private async Task<TestAccount> NewAsync()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await shared.Apps.Accounts.UpdateAccountAsync(new() { Account = account.Name, Country = Country });
        return account;
    }

    private async Task<int[]> MatchesAsync(TestAccount account, string text, DateTimeOffset? asOf = null)
    {
        var request = new ListMatchesRequest { Account = account.Name, Source = new() { Text = text }, PageSize = 1_000 };
        request.AsOf = asOf is { } at ? Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(at) : null;
        return [.. (await shared.Apps.Segments.ListMatchesAsync(request)).ContactIds];
    }

    private async Task<bool> ExplainAsync(TestAccount account, string text, int contactId) => (await shared.Apps.Segments.ExplainContactAsync(
        new() { Account = account.Name, Source = new() { Text = text }, ContactId = contactId })).Matches;
}
