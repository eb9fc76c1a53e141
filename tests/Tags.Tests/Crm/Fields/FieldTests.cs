using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Fields;

public sealed class FieldTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Lists_contact_fields_first_then_by_key()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await CreateAsync(account, new() { Key = "source", Type = Type.Text, Target = Field.Types.Target.Opportunity });
        await account.CreateFieldAsync("zip", Type.Text);
        await account.CreateFieldAsync("city", Type.Text);

        var fields = (await account.Apps.Fields.ListFieldsAsync(new() { Account = account.Name })).Fields;

        Assert.Equal(["city", "zip", "source"], fields.Select(field => field.Key));
    }

    [Fact]
    public async Task Refuses_a_key_that_is_taken_but_not_one_of_the_other_target()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("city", Type.Text);

        var error = await Expect.FailureAsync(() => account.CreateFieldAsync("city", Type.Number));

        Assert.Equal("city", error.Is(StatusCode.AlreadyExists, ErrorReason.AlreadyExists).Metadata["name"]);
        await CreateAsync(account, new() { Key = "city", Type = Type.Text, Target = Field.Types.Target.Opportunity });
    }

    [Theory]
    [InlineData("")]
    [InlineData(" city")]
    [InlineData("ci\tty")]
    [InlineData("email")]
    public async Task Refuses_a_key_that_breaks_the_rules(string key)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => account.CreateFieldAsync(key, Type.Text));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "field.key");
    }

    [Fact]
    public async Task Reports_everything_that_is_wrong_at_once()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => CreateAsync(
            account, new() { Key = new string('x', 101), Description = new string('x', 2_001), Choices = { "a", "a", " " } }));

        Assert.Equal(
            ["field.choices", "field.choices", "field.choices[2]", "field.description", "field.key", "field.type"],
            error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField).Fields.Order());
    }

    public static TheoryData<Type, Value, Value> Accepted => new()
    {
        { Type.Text, Value.ForString("  kept as given "), Value.ForString("  kept as given ") },
        { Type.Number, Value.ForNumber(4.5), Value.ForNumber(4.5) },
        { Type.Number, Value.ForString("04.50"), Value.ForNumber(4.5) },
        { Type.Number, Value.ForString("1234567890.123456789012345678"), Value.ForString("1234567890.123456789012345678") },
        { Type.Number, Value.ForNumber(0.1), Value.ForNumber(0.1) },
        { Type.Number, Value.ForString("1e3"), Value.ForNumber(1000) },
        { Type.Date, Value.ForString("2024-02-29"), Value.ForString("2024-02-29") },
        { Type.DateTime, Value.ForString("2026-11-23T12:00:00+02:00"), Value.ForString("2026-11-23T10:00:00.000000Z") },
        { Type.Boolean, Value.ForBool(false), Value.ForBool(false) },
        { Type.SingleChoice, Value.ForString("b"), Value.ForString("b") },
        { Type.MultipleChoice, Value.ForList(Value.ForString("b"), Value.ForString("a"), Value.ForString("b")), Value.ForList(Value.ForString("a"), Value.ForString("b")) },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task Keeps_a_value_exactly(Type type, Value value, Value expected)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("f", type, ChoicesOf(type));

        var created = await account.CreateContactAsync(new() { Fields = TestAccount.Values("f", value) });

        Assert.Equal(expected, created.Fields.Fields["f"]);
        Assert.Equal(expected, (await account.GetContactAsync(1)).Fields.Fields["f"]);
    }

    public static TheoryData<Type, Value> Refused => new()
    {
        { Type.Text, Value.ForNumber(1) },
        { Type.Text, Value.ForString("a\0b") },
        { Type.Text, Value.ForString(new string('x', 65_537)) },
        { Type.Number, Value.ForString("12 apples") },
        { Type.Number, Value.ForString("12345678901234567890123456789") },
        { Type.Number, Value.ForNumber(1e300) },
        { Type.Number, Value.ForNumber(double.NaN) },
        { Type.Number, Value.ForString("1e-30") },
        { Type.Date, Value.ForString("2023-02-29") },
        { Type.Date, Value.ForString("23.11.2026") },
        { Type.DateTime, Value.ForString("2026-11-23T10:00:00") },
        { Type.Boolean, Value.ForString("true") },
        { Type.SingleChoice, Value.ForString("c") },
        { Type.MultipleChoice, Value.ForString("a") },
        { Type.MultipleChoice, Value.ForList(Value.ForString("a"), Value.ForString("c")) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Refuses_a_value_of_another_type(Type type, Value value)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("f", type, ChoicesOf(type));

        var error = await Expect.FailureAsync(() => account.CreateContactAsync(new() { Fields = TestAccount.Values("f", value) }));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "contact.fields.f");
    }

    public static TheoryData<Value> Empty => new() { Value.ForNull(), Value.ForString(""), Value.ForString(" \t"), Value.ForList() };

    [Theory]
    [MemberData(nameof(Empty))]
    public async Task An_empty_value_is_no_value(Value empty)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("f", Type.Text);
        await account.CreateContactAsync(new() { Fields = TestAccount.Values("f", Value.ForString("x")) });

        var updated = await account.UpdateContactAsync(new() { ContactId = 1, Fields = TestAccount.Values("f", empty) });

        Assert.Empty(updated.Fields.Fields);
        Assert.Equal("{}", await account.QueryAsync<string>("SELECT fields::text FROM crm.contact JOIN crm.account USING (account_id) WHERE name = @name"));
    }

    [Fact]
    public async Task A_mask_changes_one_field_or_replaces_all()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("a b", Type.Text);
        await account.CreateFieldAsync("c", Type.Number);
        var both = TestAccount.Values("a b", Value.ForString("x"));
        both.Fields["c"] = Value.ForNumber(0);
        await account.CreateContactAsync(new() { Fields = both });

        var one = await account.UpdateContactAsync(new() { ContactId = 1, Fields = TestAccount.Values("c", Value.ForNumber(1)) }, "fields.a b");
        var all = await account.UpdateContactAsync(new() { ContactId = 1, Fields = TestAccount.Values("a b", Value.ForString("y")) }, "fields");

        Assert.Equal(TestAccount.Values("c", Value.ForNumber(0)), one.Fields);
        Assert.Equal(TestAccount.Values("a b", Value.ForString("y")), all.Fields);
    }

    private static string[] ChoicesOf(Type type) => type is Type.SingleChoice or Type.MultipleChoice ? ["a", "b"] : [];

    private static async Task CreateAsync(TestAccount account, Field field) =>
        await account.Apps.Fields.CreateFieldAsync(new() { Account = account.Name, Field = field });
}
