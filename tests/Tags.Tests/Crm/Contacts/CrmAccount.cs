using Crm.Contacts.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;

namespace TagSegments.Tags.Tests.Crm.Contacts;

/// <summary>An account of one test, with short forms of the calls about contacts that tests make all the time.</summary>
internal sealed class CrmAccount(TestApps apps, string name)
{
    public string Name => name;

    public TestApps Apps => apps;

    public static async Task<CrmAccount> NewAsync(TestApps apps) => new(apps, await apps.NewAccountAsync());

    public async Task<Contact> CreateAsync(Contact contact) =>
        (await apps.Contacts.CreateContactAsync(new() { Account = name, Contact = contact })).Contact;

    public async Task<Contact> GetAsync(int contactId) =>
        (await apps.Contacts.GetContactAsync(new() { Account = name, ContactId = contactId })).Contact;

    public async Task<Contact> UpdateAsync(Contact contact, params string[] mask) =>
        (await apps.Contacts.UpdateContactAsync(new() { Account = name, Contact = contact, UpdateMask = new FieldMask { Paths = { mask } } })).Contact;

    public async Task<Field> FieldAsync(string key, Field.Types.Type type, params string[] choices) =>
        (await apps.Fields.CreateFieldAsync(new() { Account = name, Field = new Field { Key = key, Type = type, Choices = { choices } } })).Field;

    public Task<long> PositionAsync() => QueryAsync<long>("SELECT pos FROM crm.clock JOIN crm.account USING (account_id) WHERE name = @name");

    /// <summary>Reads one value behind the services; the account's name is @name.</summary>
    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        return (await connection.QuerySingleAsync<T>(sql, new { name }))!;
    }

    /// <summary>Makes a struct of one value.</summary>
    public static Struct Values(string key, Value value) => new() { Fields = { [key] = value } };
}
