using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Fields;

public sealed class UpdateFieldTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Renames_a_field_and_keeps_its_values()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var field = await account.CreateFieldAsync("town", Type.Text);
        await account.CreateContactAsync(new() { Fields = TestAccount.Values("town", Value.ForString("Graz")) });
        var position = await account.PositionAsync();

        await UpdateAsync(account, new() { FieldId = field.FieldId, Key = "city" });

        Assert.Equal("Graz", (await account.GetContactAsync(1)).Fields.Fields["city"].StringValue);
        Assert.Equal(position, await account.PositionAsync());
    }

    [Fact]
    public async Task Changes_the_type_where_every_value_fits_and_logs_the_values_before()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var field = await account.CreateFieldAsync("score", Type.Text);
        await account.CreateContactAsync(new() { Fields = TestAccount.Values("score", Value.ForString("05.0")) });

        var updated = await UpdateAsync(account, new() { FieldId = field.FieldId, Type = Type.Number });

        Assert.Equal((Type.Number, 1), (updated.Field.Type, updated.RewrittenValues));
        Assert.Equal(5, (await account.GetContactAsync(1)).Fields.Fields["score"].NumberValue);
        Assert.Equal(
            $$$"""{"fields": {"{{{field.FieldId}}}": "05.0"}}""",
            await account.QueryAsync<string>("SELECT before::text FROM crm.contact_change JOIN crm.account USING (account_id) WHERE name = @name AND kind = 2"));
    }

    [Fact]
    public async Task Refuses_a_type_that_some_values_do_not_fit_and_changes_nothing()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var field = await account.CreateFieldAsync("score", Type.Text);
        await account.CreateContactAsync(new() { Fields = TestAccount.Values("score", Value.ForString("5")) });
        await account.CreateContactAsync(new() { Fields = TestAccount.Values("score", Value.ForString("many")) });

        var error = await Expect.FailureAsync(() => UpdateAsync(account, new() { FieldId = field.FieldId, Type = Type.Number }));

        Assert.Equal(("2", "1"), (error.Is(StatusCode.FailedPrecondition, ErrorReason.WrongState).Metadata["id"], error.Metadata["count"]));
        Assert.Equal("5", (await account.GetContactAsync(1)).Fields.Fields["score"].StringValue);
    }

    [Fact]
    public async Task Does_not_remove_a_choice_that_is_in_use()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var field = await account.CreateFieldAsync("level", Type.SingleChoice, "gold", "silver", "lead");
        await account.CreateContactAsync(new() { Fields = TestAccount.Values("level", Value.ForString("gold")) });

        var error = await Expect.FailureAsync(() => UpdateAsync(account, new() { FieldId = field.FieldId, Choices = { "silver" } }));
        var updated = await UpdateAsync(account, new() { FieldId = field.FieldId, Choices = { "gold", "bronze" } });

        error.Is(StatusCode.FailedPrecondition, ErrorReason.WrongState);
        Assert.Equal(["gold", "bronze"], updated.Field.Choices);
    }

    [Fact]
    public async Task Refuses_a_key_that_is_taken_and_an_unknown_field()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("a", Type.Text);
        var field = await account.CreateFieldAsync("b", Type.Text);

        await Expect.FailureAsync(
            StatusCode.AlreadyExists,
            ErrorReason.AlreadyExists,
            () => UpdateAsync(account, new() { FieldId = field.FieldId, Key = "a" }));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => UpdateAsync(account, new() { FieldId = 99, Key = "c" }));
    }

    [Fact]
    public async Task A_deleted_field_is_not_shown_and_its_key_is_free()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var field = await account.CreateFieldAsync("a", Type.Text);
        await account.CreateContactAsync(new() { Fields = TestAccount.Values("a", Value.ForString("x")) });

        await account.Apps.Fields.DeleteFieldAsync(new() { Account = account.Name, FieldId = field.FieldId });
        await account.Apps.Fields.DeleteFieldAsync(new() { Account = account.Name, FieldId = field.FieldId });
        await account.CreateFieldAsync("a", Type.Number);

        Assert.Empty((await account.GetContactAsync(1)).Fields.Fields);
        await Expect.FailureAsync(
            StatusCode.NotFound,
            ErrorReason.NotFound,
            () => account.Apps.Fields.DeleteFieldAsync(new() { Account = account.Name, FieldId = 99 }).ResponseAsync);
    }

    private static async Task<UpdateFieldResponse> UpdateAsync(TestAccount account, Field field) =>
        await account.Apps.Fields.UpdateFieldAsync(new() { Account = account.Name, Field = field });
}
