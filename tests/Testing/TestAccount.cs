using Crm.Contacts.V1;
using Crm.Tags.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using Field = Crm.Contacts.V1.Field;

namespace TagSegments.Testing;

/// <summary>The account of one test, with short forms of the calls that tests make all the time.</summary>
public class TestAccount(TestApps apps, string name)
{
    public TestApps Apps => apps;

    public string Name => name;

    /// <summary>Creates an account through the service.</summary>
    public static async Task<TestAccount> NewAsync(TestApps apps) => new(apps, await apps.NewAccountAsync());

    /// <summary>Creates a contact; who it is does not matter unless it is given.</summary>
    public async Task<Contact> CreateContactAsync(Contact? contact = null) =>
        (await apps.Contacts.CreateContactAsync(new() { Account = name, Contact = contact ?? new Contact { FirstName = "Ada" } })).Contact;

    public async Task<int> NewContactAsync(Contact? contact = null) => (await CreateContactAsync(contact)).ContactId;

    public async Task<Contact> GetContactAsync(int contactId) =>
        (await apps.Contacts.GetContactAsync(new() { Account = name, ContactId = contactId })).Contact;

    public async Task<Contact> UpdateContactAsync(Contact contact, params string[] mask) =>
        (await apps.Contacts.UpdateContactAsync(new() { Account = name, Contact = contact, UpdateMask = new FieldMask { Paths = { mask } } })).Contact;

    public async Task DeleteContactAsync(int contactId) => await apps.Contacts.DeleteContactAsync(new() { Account = name, ContactId = contactId });

    public async Task RestoreContactAsync(int contactId) => await apps.Contacts.RestoreContactAsync(new() { Account = name, ContactId = contactId });

    public async Task<Field> CreateFieldAsync(string key, Field.Types.Type type, params string[] choices) =>
        (await apps.Fields.CreateFieldAsync(new() { Account = name, Field = new Field { Key = key, Type = type, Choices = { choices } } })).Field;

    public async Task<Tag> CreateTagAsync(string tag) => (await apps.Tags.CreateTagAsync(new() { Account = name, Tag = new Tag { Name = tag } })).Tag;

    public async Task<int> NewTagAsync(string tag) => (await CreateTagAsync(tag)).TagId;

    public async Task<AddTagsResponse> AddTagsAsync(int contactId, params int[] tagIds) =>
        await apps.Tags.AddTagsAsync(new() { Account = name, ContactId = contactId, TagIds = { tagIds } });

    public async Task<RemoveTagsResponse> RemoveTagsAsync(int contactId, params int[] tagIds) =>
        await apps.Tags.RemoveTagsAsync(new() { Account = name, ContactId = contactId, TagIds = { tagIds } });

    public async Task<string[]> TagsOfAsync(int contactId)
    {
        var response = await apps.Tags.BatchGetContactTagsAsync(new() { Account = name, ContactIds = { contactId } });
        return [.. response.Contacts.Single().Tags.Select(tag => tag.Name)];
    }

    /// <summary>Returns the position of the account's clock.</summary>
    public Task<long> PositionAsync() => QueryAsync<long>("SELECT pos FROM crm.clock JOIN crm.account USING (account_id) WHERE name = @name");

    /// <summary>Reads one value from the tables; the account's name is @name.</summary>
    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        return (await connection.QuerySingleAsync<T>(sql, new { name }))!;
    }

    /// <summary>Makes a struct of one value.</summary>
    public static Struct Values(string key, Value value) => new() { Fields = { [key] = value } };
}
