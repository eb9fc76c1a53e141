using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Tags.Tests.Crm.Contacts;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Fields;

public class UpdateFieldTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Renames_a_field_and_keeps_its_values()
    {
        var account = await CrmAccount.NewAsync(shared.Apps);
        var field = await account.FieldAsync("town", Type.Text);
        await account.CreateAsync(new() { Fields = CrmAccount.Values("town", Value.ForString("Graz")) });
        var position = await account.PositionAsync();

        await UpdateAsync(account, new() { FieldId = field.FieldId, Key = "city" });

        Assert.Equal("Graz", (await account.GetAsync(1)).Fields.Fields["city"].StringValue);
        Assert.Equal(position, await account.PositionAsync());
    }

    [Fact]
    public async Task Changes_the_type_where_every_value_fits_and_logs_the_values_before()
    {
        var account = await CrmAccount.NewAsync(shared.Apps);
        var field = await account.FieldAsync("score", Type.Text);
        await account.CreateAsync(new() { Fields = CrmAccount.Values("score", Value.ForString("05.0")) });

        var updated = await UpdateAsync(account, new() { FieldId = field.FieldId, Type = Type.Number });

        Assert.Equal((Type.Number, 1), (updated.Field.Type, updated.RewrittenValues));
        Assert.Equal(5, (await account.GetAsync(1)).Fields.Fields["score"].NumberValue);
        Assert.Equal(
            $$$"""{"fields": {"{{{field.FieldId}}}": "05.0"}}""",
            await account.QueryAsync<string>("SELECT before::text FROM crm.contact_change JOIN crm.account USING (account_id) WHERE name = @name AND kind = 2"));
    }

    [Fact]
    public async Task Refuses_a_type_that_some_values_do_not_fit_and_changes_nothing()
    {
        var account = await CrmAccount.NewAsync(shared.Apps);
        var field = await account.FieldAsync("score", Type.Text);
        await account.CreateAsync(new() { Fields = CrmAccount.Values("score", Value.ForString("5")) });
        await account.CreateAsync(new() { Fields = CrmAccount.Values("score", Value.ForString("many")) });

        var error = await Errors.OfAsync(() => UpdateAsync(account, new() { FieldId = field.FieldId, Type = Type.Number }));

        Assert.Equal(("2", "1"), (error.Is(StatusCode.FailedPrecondition, "WRONG_STATE").Metadata("id"), error.Metadata("count")));
        Assert.Equal("5", (await account.GetAsync(1)).Fields.Fields["score"].StringValue);
    }

    [Fact]
    public async Task Does_not_remove_a_choice_that_is_in_use()
    {
        var account = await CrmAccount.NewAsync(shared.Apps);
        var field = await account.FieldAsync("level", Type.SingleChoice, "gold", "silver", "lead");
        await account.CreateAsync(new() { Fields = CrmAccount.Values("level", Value.ForString("gold")) });

        var error = await Errors.OfAsync(() => UpdateAsync(account, new() { FieldId = field.FieldId, Choices = { "silver" } }));
        var updated = await UpdateAsync(account, new() { FieldId = field.FieldId, Choices = { "gold", "bronze" } });

        error.Is(StatusCode.FailedPrecondition, "WRONG_STATE");
        Assert.Equal(["gold", "bronze"], updated.Field.Choices);
    }

    [Fact]
    public async Task Refuses_a_key_that_is_taken_and_an_unknown_field()
    {
        var account = await CrmAccount.NewAsync(shared.Apps);
        await account.FieldAsync("a", Type.Text);
        var field = await account.FieldAsync("b", Type.Text);

        (await Errors.OfAsync(() => UpdateAsync(account, new() { FieldId = field.FieldId, Key = "a" }))).Is(StatusCode.AlreadyExists, "ALREADY_EXISTS");
        (await Errors.OfAsync(() => UpdateAsync(account, new() { FieldId = 99, Key = "c" }))).Is(StatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task A_deleted_field_is_not_shown_and_its_key_is_free()
    {
        var account = await CrmAccount.NewAsync(shared.Apps);
        var field = await account.FieldAsync("a", Type.Text);
        await account.CreateAsync(new() { Fields = CrmAccount.Values("a", Value.ForString("x")) });

        await account.Apps.Fields.DeleteFieldAsync(new() { Account = account.Name, FieldId = field.FieldId });
        await account.Apps.Fields.DeleteFieldAsync(new() { Account = account.Name, FieldId = field.FieldId });
        await account.FieldAsync("a", Type.Number);

        Assert.Empty((await account.GetAsync(1)).Fields.Fields);
        (await Errors.OfAsync(() => account.Apps.Fields.DeleteFieldAsync(new() { Account = account.Name, FieldId = 99 }).ResponseAsync))
            .Is(StatusCode.NotFound, "NOT_FOUND");
    }

    private static async Task<UpdateFieldResponse> UpdateAsync(CrmAccount account, Field field) =>
        await account.Apps.Fields.UpdateFieldAsync(new() { Account = account.Name, Field = field });
}
