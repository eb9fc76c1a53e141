using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>C15, C18 and their kind: names of built-in attributes, constants, one column for two purposes.</summary>
public sealed class ImportTargetTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const ImportOptions.Types.Kind Opportunities = ImportOptions.Types.Kind.Opportunities;

    [Theory]
    [InlineData("Created", "2020-03-04", "2020-03-04T00:00:00Z")]
    [InlineData("created_at", "2020-03-04T05:06:07Z", "2020-03-04T05:06:07Z")]
    [InlineData("Create Date", "2020-03-04 05:06", "2020-03-04T05:06:00Z")]
    [InlineData("Date created", "1999-12-31", "1999-12-31T00:00:00Z")]
    public async Task C15_the_time_of_creation_is_brought_along(string header, string value, string expected)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"email,{header}\na@example.org,{value}\n");

        Assert.Empty(result.Summary.FieldsCreated);
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), (await account.GetContactAsync(1)).CreateTime.ToDateTimeOffset());
    }

    [Theory]
    [InlineData("2999-01-01")]
    [InlineData("soon")]
    [InlineData("0001-01-01")]
    public async Task C15_a_time_of_creation_that_cannot_be_costs_the_value(string value)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"email,created\na@example.org,{value}\n");

        Assert.Equal((1, true), (result.Summary.Created, Assert.Single(result.Errors).ValueDropped));
    }

    [Fact]
    public async Task C15_a_contact_that_exists_keeps_its_time_of_creation()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { MatchEmail = true };
        await Importer.RunAsync(account.Apps, account.Name, options, "email,created\na@example.org,2020-01-01\n");

        var again = await Importer.RunAsync(account.Apps, account.Name, options, "email,created\na@example.org,2021-01-01\n");

        Assert.Equal(1, again.Summary.Unchanged);
        Assert.Equal(2020, (await account.GetContactAsync(1)).CreateTime.ToDateTime().Year);
    }

    [Theory]
    [InlineData(ImportOptions.Types.Kind.Contacts, "Updated", "Updated (imported)")]
    [InlineData(ImportOptions.Types.Kind.Contacts, "Contact ID", "Contact ID (imported)")]
    [InlineData(ImportOptions.Types.Kind.Contacts, "contact_id", null)]
    [InlineData(Opportunities, "Status", "Status (imported)")]
    [InlineData(Opportunities, "Stage since", "Stage since (imported)")]
    [InlineData(Opportunities, "pipeline", null)]
    public async Task C15_a_header_does_not_hide_a_built_in_attribute(ImportOptions.Types.Kind kind, string header, string? key)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { Kind = kind }, $"stage,{header}\nNew,x\n");

        Assert.Equal(key is null ? [] : [key], result.Summary.FieldsCreated.Select(field => field.Key).Where(created => created != "stage"));
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal((header, key is null ? Kind.ColumnSkipped : Kind.ColumnRenamed), (notice.Column, notice.Kind));
    }

    [Theory]
    [InlineData("Created")]
    [InlineData("First Name")]
    [InlineData("do-not-disturb")]
    public async Task C15_a_custom_field_cannot_be_named_like_a_built_in_attribute(string key)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => account.CreateFieldAsync(key, Type.Text));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "field.key");
    }

    [Fact]
    public async Task C18_a_target_without_a_column_has_a_constant()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var contacts = new ImportOptions { Constants = { ["fields.source"] = "Fair", ["fields.level"] = "5", ["language"] = "de", ["tags"] = "a;b", ["consent.email"] = "yes" } };

        await Importer.RunAsync(account.Apps, account.Name, contacts, "email\na@example.org\n");
        await Importer.RunAsync(
            account.Apps, account.Name, new() { Kind = Opportunities, Constants = { ["stage"] = "New", ["amount"] = "7", ["fields.source"] = "Fair" } }, "name\nGTX\n");

        var contact = await account.GetContactAsync(1);
        Assert.Equal(("Fair", 5, "de"), (contact.Fields.Fields["source"].StringValue, contact.Fields.Fields["level"].NumberValue, contact.Language));
        Assert.Equal(["a", "b"], await account.TagsOfAsync(1));
        Assert.Equal(Consent.Types.State.Subscribed, contact.Consents[0].State);
        var deal = Assert.Single((await account.Apps.Opportunities.ListOpportunitiesAsync(new() { Account = account.Name })).Opportunities);
        Assert.Equal(("GTX", "7", "Fair"), (deal.Name, deal.Amount, deal.Fields.Fields["source"].StringValue));
    }

    [Theory]
    [InlineData("email", "nobody")]
    [InlineData("language", "speaks German")]
    [InlineData("created", "soon")]
    [InlineData("fields.born", "yesterday")]
    [InlineData("external_id", "1")]
    [InlineData("first_name", "Ada")]
    [InlineData("nonsense", "1")]
    [InlineData("language", " ")]
    public async Task C18_a_constant_that_cannot_be_is_refused_before_anything_is_written(string target, string value)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("born", Type.Date);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(
            account.Apps, account.Name, new() { Constants = { [target] = value } }, "First Name,city\nAda,Graz\n"));

        Assert.Contains($"options.constants[\"{target}\"]", error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField).Fields);
        Assert.Equal(0, await account.PositionAsync());
    }

    [Fact]
    public async Task C18_one_column_is_the_key_of_an_opportunity_and_its_contact()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { ExternalId = "m1" });

        var result = await Importer.RunAsync(
            account.Apps, account.Name,
            new() { Kind = Opportunities, ExternalIdColumn = "mql_id", ContactColumn = "mql_id", Columns = { ["mql_id"] = "fields.mql" } },
            "mql_id,stage\nm1,New\nm2,New\n");

        Assert.Equal((2, 1), (result.Summary.Created, result.Summary.Orphans));
        var deals = (await account.Apps.Opportunities.ListOpportunitiesAsync(new() { Account = account.Name })).Opportunities;
        Assert.Equal([("m1", 1, "m1"), ("m2", 0, "m2")], deals.Select(deal => (deal.ExternalId, deal.ContactId, deal.Fields.Fields["mql"].StringValue)));
    }

    [Fact]
    public async Task A8_an_external_id_column_stays_the_key_if_it_is_mapped_to_a_field_too()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { ExternalIdColumn = "id", Columns = { ["id"] = "fields.id" } };
        await Importer.RunAsync(account.Apps, account.Name, options, "id,city\n1,Graz\n");

        var again = await Importer.RunAsync(account.Apps, account.Name, options, "id,city\n1,Wien\n");

        Assert.Equal((0, 1), (again.Summary.Created, again.Summary.Updated));
        Assert.Equal(("1", 1), ((await account.GetContactAsync(1)).ExternalId, (await account.GetContactAsync(1)).Fields.Fields["id"].NumberValue));
    }

    [Theory]
    [InlineData("a", "a", "stage_column and amount_column")]
    [InlineData("a", "b", "stage_column and columns")]
    public async Task C18_a_column_for_two_purposes_is_refused_with_both(string stage, string amount, string purposes)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { Kind = Opportunities, StageColumn = stage, AmountColumn = amount };
        if (amount != stage)
        {
            options.Columns[stage] = "fields.stage name";
        }

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, options, "a,b\n1,2\n"));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField);
        Assert.Contains(error.Violations, violation => violation.Description.Contains(purposes, StringComparison.Ordinal));
    }
}
