using System.Text.Json.Nodes;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using CsCheck;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Tags.Tests.Crm.Imports;
using TagSegments.Testing;
using Xunit.Abstractions;
using Format = Crm.Contacts.V1.ExportContactsRequest.Types.Format;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Exports;

/// <summary>"A file that the product exported comes back to the same state" (row C5 of the page of faults), for files of JSON lines.</summary>
public sealed class JsonExportTests(SharedApps shared, ITestOutputHelper output) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task C5_JSON_lines_make_the_same_in_a_new_account_and_again_the_same_lines()
    {
        await Gen.Int[0, int.MaxValue].SampleAsync(
            async seed =>
            {
                output.WriteLine($"seed {seed}");
                var (from, to) = (await TestAccount.NewAsync(shared.Apps), await TestAccount.NewAsync(shared.Apps));
                await ExportedPeople.FillAsync(from, new Random(seed), people: 30);
                var file = await ExportAsync(from);

                var import = await Importer.RunAsync(to.Apps, to.Name, new(), file);

                Assert.Empty(import.Errors);
                Assert.Equal([ImportNotice.Types.Kind.ExportKnown], import.Summary.Notices.Select(notice => notice.Kind).Distinct());
                Assert.Equal(file, await ExportAsync(to));
                Assert.Equal(await ExportedPeople.RefusalsAsync(from), await ExportedPeople.RefusalsAsync(to));
                Assert.Equal((0, 0, 30), Counts(await Importer.RunAsync(to.Apps, to.Name, new(), file)));
                Assert.Equal((0, 0, 30), Counts(await Importer.RunAsync(from.Apps, from.Name, new(), await ExportAsync(to))));
                Assert.Equal(file, await ExportAsync(from));
            },
            iter: 4,
            threads: 1,
            writeLine: output.WriteLine);
    }

    [Theory]
    [InlineData(Type.Text, "\"007\"")]
    [InlineData(Type.Text, "\"12\"")]
    [InlineData(Type.Text, "\"true\"")]
    [InlineData(Type.Text, "\"a;b\"")]
    [InlineData(Type.Text, "\"'=1\"")]
    [InlineData(Type.Text, "\" \\t[1] \\n\"")]
    [InlineData(Type.Number, "-12.5")]
    [InlineData(Type.Number, "12345678901234567890.5")]
    [InlineData(Type.Boolean, "false")]
    [InlineData(Type.Date, "\"2024-02-29\"")]
    [InlineData(Type.YearlyDay, "\"--02-29\"")]
    [InlineData(Type.MultipleChoice, "[\"\\\"z\\\";\",\"x, y\"]")]
    [InlineData(Type.MultipleChoice, "[\"true\"]")]
    public async Task C5_a_value_keeps_its_type_and_its_text(Type type, string json)
    {
        var (from, to) = (await TestAccount.NewAsync(shared.Apps), await TestAccount.NewAsync(shared.Apps));
        string[] choices = type == Type.MultipleChoice ? [.. JsonNode.Parse(json)!.AsArray().Select(item => item!.GetValue<string>())] : [];
        await from.CreateFieldAsync("f", type, choices);
        var value = type == Type.Number ? Value.ForString(json) : Value.Parser.ParseJson(json);
        await from.NewContactAsync(new() { Email = "ann@example.org", Fields = TestAccount.Values("f", value) });
        var file = await ExportAsync(from);

        var import = await Importer.RunAsync(to.Apps, to.Name, new(), file);

        Assert.Equal(json, JsonNode.Parse(file)!["f"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal(type, Assert.Single(import.Summary.FieldsCreated).Type);
        Assert.Equal(file, await ExportAsync(to));
    }

    [Fact]
    public async Task C5_other_programs_may_have_sorted_the_names_and_made_an_array()
    {
        var (from, to) = (await TestAccount.NewAsync(shared.Apps), await TestAccount.NewAsync(shared.Apps));
        await ExportedPeople.FillAsync(from, new Random(Seed.Value), people: 5);
        var file = await ExportAsync(from);
        var objects = file.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject());
        var sorted = new JsonArray([.. objects.Select(each => new JsonObject(each.OrderBy(name => name.Key, StringComparer.Ordinal).Select(name => KeyValuePair.Create(name.Key, name.Value?.DeepClone()))))]);

        var import = await Importer.RunAsync(to.Apps, to.Name, new(), sorted.ToJsonString(new() { WriteIndented = true }));

        Assert.Empty(import.Errors);
        Assert.Equal(await ExportedPeople.RefusalsAsync(from), await ExportedPeople.RefusalsAsync(to));
        Assert.Equal(await ExportedPeople.ExportAsync(from, new() { Columns = { "email", "tags", "note", "likes" } }), await ExportedPeople.ExportAsync(to, new() { Columns = { "email", "tags", "note", "likes" } }));
    }

    [Fact]
    public async Task C5_some_columns_are_objects_with_their_names()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("=cmd", Type.Text);
        await account.NewContactAsync(new() { Email = "ann@example.org", Fields = TestAccount.Values("=cmd", Value.ForString("=1")) });
        await account.NewContactAsync(new() { DoNotDisturb = true });

        var file = await ExportedPeople.ExportAsync(account, new() { Format = Format.JsonLines, Columns = { "contact_id", "email", "do_not_disturb", "=cmd", "tags" } });

        Assert.Equal(
            """
            {"contact_id":1,"email":"ann@example.org","do_not_disturb":false,"=cmd":"=1","tags":[]}
            {"contact_id":2,"email":null,"do_not_disturb":true,"=cmd":null,"tags":[]}

            """,
            file);
    }

    [Fact]
    public async Task C5_a_format_that_does_not_exist_is_refused()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => ExportedPeople.ExportAsync(account, new() { Format = (Format)9 }), "format");
    }

    private static Task<string> ExportAsync(TestAccount account) => ExportedPeople.ExportAsync(account, new() { Format = Format.JsonLines });

    private static (long, long, long) Counts(Importer import) => (import.Summary.Created, import.Summary.Updated, import.Summary.Unchanged);
}
