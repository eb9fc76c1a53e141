using Crm.Contacts.V1;
using Dapper;
using Npgsql;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;

namespace TagSegments.Tags.Tests.Crm.Contacts;

/// <summary>
/// Row A5 of the page of faults, while versions change: a process of the version before knows no keys of phones. What it writes is found under the
/// right number soon.
/// </summary>
public sealed class FormerVersionTests(SharedApps shared) : IClassFixture<SharedApps>
{
    // The statements of the version before.
    private const string InsertSql = """
        INSERT INTO crm.contact (account_id, contact_id, email, email_key, phone, fields)
        SELECT account_id, 900, NULL, NULL, @phone, @fields::jsonb FROM crm.account WHERE name = @name
        """;

    private const string UpdateSql = """
        UPDATE crm.contact SET email = NULL, email_key = NULL, phone = @phone, version = version + 1
        WHERE account_id = (SELECT account_id FROM crm.account WHERE name = @name) AND contact_id = @contactId
        """;

    [Theory]
    [InlineData("0660 1234567", "+436601234567")]
    [InlineData("0043 660 1234567", "+436601234567")]
    [InlineData("+43 660 1234567", "+436601234567")]
    [InlineData("12", "")]
    [InlineData(null, "")]
    public async Task A5_a_contact_that_it_creates_gets_the_key_of_its_phone(string? phone, string e164)
    {
        var (account, country) = await NewAsync();

        await ExecuteAsync(InsertSql, new { name = account.Name, phone, fields = $$"""{"{{country}}": "AT"}""" });

        await UntilAsync(account, 900, e164);
    }

    [Theory]
    [InlineData("", "0660 1234567", "+436601234567")]
    [InlineData("12", "0660 1234567", "+436601234567")]
    [InlineData("0660 1234567", "0660 7654321", "+436607654321")]
    [InlineData("0660 1234567", "12", "")]
    [InlineData("0660 1234567", "+49 170 1234567", "+491701234567")]
    [InlineData("0660 1234567", null, "")]
    public async Task A5_a_phone_that_it_changes_gets_its_key(string before, string? after, string e164)
    {
        var (account, _) = await NewAsync();
        var contactId = await account.NewContactAsync(new() { Phone = before, Fields = TestAccount.Values("country", Google.Protobuf.WellKnownTypes.Value.ForString("AT")) });

        await ExecuteAsync(UpdateSql, new { name = account.Name, phone = after, contactId });

        await UntilAsync(account, contactId, e164);
    }

    [Fact]
    public async Task A5_what_the_present_version_writes_is_not_keyed_again()
    {
        var (account, _) = await NewAsync();
        var contact = await account.CreateContactAsync(new() { Phone = "0660 1234567" });
        await account.UpdateContactAsync(new() { ContactId = contact.ContactId, Phone = "12" }, "phone");
        await account.UpdateContactAsync(new() { ContactId = contact.ContactId, Phone = "34" }, "phone");
        await account.UpdateContactAsync(new() { ContactId = contact.ContactId, Phone = "+43 660 1234567" }, "phone");

        Assert.Equal(0, await account.QueryAsync<int>("SELECT rekey_round FROM crm.account WHERE name = @name"));
    }

    private async Task<(TestAccount Account, int Country)> NewAsync()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        return (account, (await account.CreateFieldAsync("country", Field.Types.Type.Text)).FieldId);
    }

    private async Task ExecuteAsync(string sql, object values)
    {
        await using var connection = new NpgsqlConnection(shared.Apps.Database.OwnerConnectionString);
        Assert.Equal(1, await connection.ExecuteAsync(sql, values));
    }

    private static Task UntilAsync(TestAccount account, int contactId, string e164) => Eventually.ReadAsync(
        async () => (Pending: await account.QueryAsync<bool>("SELECT rekey_after IS NOT NULL FROM crm.account WHERE name = @name"), Contact: await account.GetContactAsync(contactId)),
        state => !state.Pending && state.Contact.E164Phone == e164,
        "the phone to have its key");
}
