using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Contacts;

public sealed class ContactTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Creates_a_contact_that_is_found_by_number_and_external_id()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var created = await account.CreateContactAsync(new() { ExternalId = " c-1 ", Email = "Ada@Example.org", FirstName = "Ada", TimeZone = "Europe/London" });

        Assert.Equal(("c-1", "Ada@Example.org", 1L), (created.ExternalId, created.Email, created.Version));
        Assert.Equal(created, await account.GetContactAsync(created.ContactId));
        Assert.Equal(created, (await account.Apps.Contacts.GetContactAsync(new() { Account = account.Name, ExternalId = "c-1" })).Contact);
        Assert.Equal(1, await account.QueryAsync<int>(Living));
    }

    [Fact]
    public async Task Needs_no_attribute_at_all()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        Assert.Equal(1, (await account.CreateContactAsync(new())).ContactId);
        Assert.Equal(2, (await account.CreateContactAsync(new())).ContactId);
    }

    [Fact]
    public async Task Reports_everything_that_is_wrong_at_once_and_creates_nothing()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var contact = new Contact
        {
            ExternalId = new string('x', 201),
            Email = "not an address",
            Phone = new string('1', 51),
            FirstName = new string('x', 201),
            LastName = new string('x', 201),
            TimeZone = "Mars/Base",
            Language = "deutsch!",
            Fields = TestAccount.Values("unknown", Value.ForString("x")),
        };

        var error = await Expect.FailureAsync(() => account.CreateContactAsync(contact));

        Assert.Equal(
            ["contact.email", "contact.external_id", "contact.fields.unknown", "contact.first_name", "contact.language", "contact.last_name",
                "contact.phone", "contact.time_zone"],
            error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField).Fields.Order());
        Assert.Equal(0, await account.PositionAsync());
    }

    [Theory]
    [InlineData("a@b")]
    [InlineData("@example.org")]
    [InlineData("ada@")]
    [InlineData("ada@@example.org")]
    [InlineData("a da@example.org")]
    [InlineData(".ada@example.org")]
    [InlineData("a..da@example.org")]
    [InlineData("ada@example..org")]
    [InlineData("ada@-example.org")]
    [InlineData("Ada <ada@example.org>")]
    public async Task Refuses_what_is_no_address(string email)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => account.CreateContactAsync(new() { Email = email }));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "contact.email");
    }

    [Theory]
    [InlineData("ada@example.org")]
    [InlineData("ada.b+tag_1@sub.example.co.uk")]
    [InlineData("o'brien@example.org")]
    [InlineData("jürgen@müller.example")]
    public async Task Takes_an_address(string email)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        Assert.Equal(email, (await account.CreateContactAsync(new() { Email = email })).Email);
    }

    [Fact]
    public async Task Refuses_an_external_id_that_is_taken_and_names_its_owner()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var owner = await account.CreateContactAsync(new() { ExternalId = "x" });
        var other = await account.CreateContactAsync(new());

        var create = await Expect.FailureAsync(() => account.CreateContactAsync(new() { ExternalId = "x" }));
        var update = await Expect.FailureAsync(() => account.UpdateContactAsync(new() { ContactId = other.ContactId, ExternalId = "x" }));

        Assert.Equal($"{owner.ContactId}", create.Is(StatusCode.AlreadyExists, ErrorReason.AlreadyExists).Metadata["id"]);
        Assert.Equal($"{owner.ContactId}", update.Is(StatusCode.AlreadyExists, ErrorReason.AlreadyExists).Metadata["id"]);
    }

    [Fact]
    public async Task Updates_what_the_mask_names_and_nothing_else()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var created = await account.CreateContactAsync(new() { FirstName = "Ada", LastName = "Byron", Phone = "1", DoNotDisturb = true });

        var updated = await account.UpdateContactAsync(new() { ContactId = created.ContactId, LastName = "Lovelace", FirstName = "ignored" }, "last_name", "phone");

        Assert.Equal(("Ada", "Lovelace", "", true, 2L), (updated.FirstName, updated.LastName, updated.Phone, updated.DoNotDisturb, updated.Version));
        Assert.Equal(
            $$"""{"phone": "1", "last_name": "Byron", "updated_at": "{{created.UpdateTime.ToDateTime():yyyy-MM-ddTHH:mm:ss.ffffffZ}}"}""",
            await account.QueryAsync<string>("SELECT before::text FROM crm.contact_change JOIN crm.account USING (account_id) WHERE name = @name AND kind = 2"));
    }

    [Fact]
    public async Task Changes_nothing_where_everything_is_so_already()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var created = await account.CreateContactAsync(new() { FirstName = "Ada" });
        var position = await account.PositionAsync();

        var updated = await account.UpdateContactAsync(new() { ContactId = created.ContactId, FirstName = "Ada" });

        Assert.Equal(created, updated);
        Assert.Equal(position, await account.PositionAsync());
    }

    [Fact]
    public async Task Refuses_to_overwrite_a_change_that_was_not_seen()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var created = await account.CreateContactAsync(new() { FirstName = "Ada" });
        await account.UpdateContactAsync(new() { ContactId = created.ContactId, FirstName = "Eva" });

        var error = await Expect.FailureAsync(() => account.UpdateContactAsync(new() { ContactId = created.ContactId, Version = 1, FirstName = "Ida" }));

        Assert.Equal("2", error.Is(StatusCode.Aborted, ErrorReason.VersionMismatch).Metadata["version"]);
        Assert.Equal("Eva", (await account.GetContactAsync(created.ContactId)).FirstName);
    }

    [Theory]
    [InlineData("contact_id")]
    [InlineData("create_time")]
    [InlineData("nonsense")]
    [InlineData("fields.unknown")]
    public async Task Refuses_a_mask_with_what_cannot_be_changed(string path)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var created = await account.CreateContactAsync(new());

        var error = await Expect.FailureAsync(() => account.UpdateContactAsync(new() { ContactId = created.ContactId }, path));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "update_mask.paths[0]");
    }

    [Fact]
    public async Task Deletes_softly_and_restores_with_everything()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var created = await account.CreateContactAsync(new() { ExternalId = "x", FirstName = "Ada" });
        var key = new DeleteContactRequest { Account = account.Name, ContactId = created.ContactId };

        var deleted = (await account.Apps.Contacts.DeleteContactAsync(key)).Contact;
        var position = await account.PositionAsync();
        await account.Apps.Contacts.DeleteContactAsync(key);

        Assert.NotNull(deleted.DeleteTime);
        Assert.Equal(position, await account.PositionAsync());
        Assert.Equal(0, await account.QueryAsync<int>(Living));
        Assert.Empty((await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name })).Contacts);
        Assert.Single((await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name, ShowDeleted = true })).Contacts);
        await Expect.FailureAsync(
            StatusCode.NotFound,
            ErrorReason.NotFound,
            () => account.UpdateContactAsync(new() { ContactId = created.ContactId, FirstName = "Eva" }));

        var restored = (await account.Apps.Contacts.RestoreContactAsync(new() { Account = account.Name, ContactId = created.ContactId })).Contact;

        Assert.Equal(("x", "Ada"), (restored.ExternalId, restored.FirstName));
        Assert.Null(restored.DeleteTime);
        Assert.Equal(1, await account.QueryAsync<int>(Living));
    }

    [Fact]
    public async Task Does_not_restore_a_contact_whose_external_id_has_another_owner()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var first = await account.CreateContactAsync(new() { ExternalId = "x" });
        await account.Apps.Contacts.DeleteContactAsync(new() { Account = account.Name, ContactId = first.ContactId });
        await account.CreateContactAsync(new() { ExternalId = "x" });

        var error = await Expect.FailureAsync(
            () => account.Apps.Contacts.RestoreContactAsync(new() { Account = account.Name, ContactId = first.ContactId }).ResponseAsync);

        error.Is(StatusCode.AlreadyExists, ErrorReason.AlreadyExists);
    }

    [Fact]
    public async Task A_repeated_request_has_one_effect_and_another_one_with_its_id_is_refused()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var request = new CreateContactRequest { Account = account.Name, Contact = new() { FirstName = "Ada" }, RequestId = "r" };

        var first = await account.Apps.Contacts.CreateContactAsync(request);
        var second = await account.Apps.Contacts.CreateContactAsync(request);
        request.Contact.FirstName = "Eva";
        var error = await Expect.FailureAsync(() => account.Apps.Contacts.CreateContactAsync(request).ResponseAsync);

        Assert.Equal(first, second);
        error.Is(StatusCode.FailedPrecondition, ErrorReason.RequestIdReused);
        Assert.Single((await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name })).Contacts);
    }

    private const string Living = """
        SELECT coalesce(sum(bit_count(bits)), 0)::int
        FROM tags.tag_chunk JOIN crm.account USING (account_id)
        WHERE name = @name AND tag_id = 0
        """;
}
