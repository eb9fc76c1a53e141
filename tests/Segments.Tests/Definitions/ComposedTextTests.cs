using System.Text;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Testing;
using FieldTypes = Crm.Contacts.V1.Field.Types;

namespace TagSegments.Segments.Tests.Definitions;

/// <summary>Row A6 of the faults: texts are stored, compared and searched in normalization form C, whatever the system of the caller writes.</summary>
public sealed class ComposedTextTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private readonly TestApps _apps = shared.Apps;

    [Theory]
    [InlineData("Québec")]
    [InlineData("Thừa Thiên Huế")]
    [InlineData("서울특별시")]
    [InlineData("Ångström")]
    [InlineData("Ελλάς ή")]
    public async Task A6_composed_and_decomposed_texts_are_one(string text)
    {
        var (composed, decomposed) = (text.Normalize(), text.Normalize(NormalizationForm.FormD));
        Assert.NotEqual(composed, decomposed);
        var account = await _apps.NewAccountAsync();
        await _apps.Fields.CreateFieldAsync(Field(account, "city", FieldTypes.Type.Text));
        await _apps.Fields.CreateFieldAsync(Field(account, "region", FieldTypes.Type.SingleChoice, decomposed));
        foreach (var value in new[] { composed, decomposed })
        {
            var contact = new Contact { FirstName = value, Fields = new() { Fields = { ["city"] = Value.ForString(value), ["region"] = Value.ForString(value) } } };
            var created = (await _apps.Contacts.CreateContactAsync(new() { Account = account, Contact = contact })).Contact;
            await _apps.Tags.AddTagsAsync(new() { Account = account, ContactId = created.ContactId, TagNames = { value }, CreateMissing = true });
            Assert.Equal((composed, composed), (created.FirstName, created.Fields.Fields["city"].StringValue));
        }

        foreach (var value in new[] { composed, decomposed })
        {
            var field = new FieldClause { Field = new() { Attribute = "first_name" }, Operator = FieldClause.Types.Operator.Contains, Values = { value } };
            Assert.Equal(2, await CountAsync(account, new() { Text = $"city = \"{value}\"" }));
            Assert.Equal(2, await CountAsync(account, new() { Text = $"region in (\"{value}\")" }));
            Assert.Equal(2, await CountAsync(account, new() { Text = $"first_name = \"{value}\"" }));
            Assert.Equal(2, await CountAsync(account, new() { Filter = new() { Field = field } }));
            Assert.Equal(2, (await _apps.Contacts.ListContactsAsync(new() { Account = account, Search = value })).Contacts.Count);
            Assert.Equal(2, Assert.Single((await _apps.Tags.ListTagsAsync(new() { Account = account, Search = value })).Tags).ContactCount);
        }
    }

    [Fact]
    public async Task A6_a_key_is_composed_and_found_however_it_is_written()
    {
        var account = await _apps.NewAccountAsync();
        var field = (await _apps.Fields.CreateFieldAsync(Field(account, "re\u0301gion", FieldTypes.Type.Text))).Field;
        Assert.Equal("r\u00e9gion", field.Key);
        var contact = new Contact { Fields = new() { Fields = { ["re\u0301gion"] = Value.ForString("x") } } };
        await _apps.Contacts.CreateContactAsync(new() { Account = account, Contact = contact });
        Assert.Equal(1, await CountAsync(account, new() { Text = "re\u0301gion = \"x\"" }));
        Assert.Equal(1, await CountAsync(account, new() { Text = "r\u00e9gion = \"x\"" }));
    }

    [Fact]
    public async Task A6_an_external_id_has_one_owner_however_it_is_written_and_by_how_many_at_once()
    {
        var account = await _apps.NewAccountAsync();
        var calls = Enumerable.Range(0, 8).Select(async i =>
        {
            var id = "Zoë-각".Normalize(i % 2 == 0 ? NormalizationForm.FormC : NormalizationForm.FormD);
            try
            {
                await _apps.Contacts.CreateContactAsync(new() { Account = account, Contact = new() { ExternalId = id } });
                return 1;
            }
            catch (Grpc.Core.RpcException e) when (e.StatusCode == Grpc.Core.StatusCode.AlreadyExists)
            {
                return 0;
            }
        });
        Assert.Equal(1, (await Task.WhenAll(calls)).Sum());
    }

    [Fact]
    public async Task A6_a_run_of_marks_that_no_language_has_costs_little()
    {
        var account = await _apps.NewAccountAsync();
        await _apps.Fields.CreateFieldAsync(Field(account, "city", FieldTypes.Type.Text));
        var marks = $"a{string.Concat(Enumerable.Repeat("\u0316\u0301", 10_000))}";
        var contact = new Contact { Fields = new() { Fields = { ["city"] = Value.ForString(marks) } } };
        var created = (await _apps.Contacts.CreateContactAsync(new() { Account = account, Contact = contact })).Contact;
        Assert.Equal(marks, created.Fields.Fields["city"].StringValue);
    }

    private static CreateFieldRequest Field(string account, string key, FieldTypes.Type type, params string[] choices) => new()
    {
        Account = account,
        Field = new() { Key = key, Target = FieldTypes.Target.Contact, Type = type, Choices = { choices } },
    };

    private async Task<int> CountAsync(string account, FilterSource source) =>
        (int)(await _apps.Segments.CountContactsAsync(new() { Account = account, Source = source })).Count;
}
