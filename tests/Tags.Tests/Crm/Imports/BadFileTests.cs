using System.Text;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports;

public sealed class BadFileTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Reports_bad_rows_with_line_and_column_and_imports_the_others()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("score", Type.Number);
        const string file = """
            id,email,score,note
            1,ada@example.org,5,"two
            lines"
            2,not an address,5,

            3,eva@example.org,many,
            4,ida@example.org
            5,"ira"x,5,
            6,bob@example.org,5,fine
            ,no@example.org,5,
            """;

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { ExternalIdColumn = "id" }, file);

        Assert.Equal(
            [(4L, "email"), (6L, "score"), (7L, ""), (8L, ""), (10L, "id")], result.Errors.Select(error => (error.Line, error.Column)));
        Assert.Equal((7, 2, 5), (result.Summary.Rows, result.Summary.Created, result.Summary.Failed));
        Assert.Equal("two\nlines", (await account.GetContactAsync(1)).Fields.Fields["note"].StringValue.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Numbers_rows_the_same_whether_they_are_good_or_bad()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(account.Apps, account.Name, new() { ExternalIdColumn = "row" }, "a,b\n1,2\n1\n1,3\n");

        Assert.Equal(["1", "3"], (await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name })).Contacts.Select(c => c.ExternalId));
    }

    [Fact]
    public async Task Reports_a_quote_that_is_never_closed_at_the_line_where_it_opens()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), "a,b\n1,2\n3,\"4\n5,6\n");

        Assert.Equal((1, 3L), (result.Summary.Created, Assert.Single(result.Errors).Line));
    }

    [Fact]
    public async Task Refuses_texts_that_are_too_long_row_by_row()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var file = $"first name,note\n{new string('x', 201)},a\nAda,{new string('y', 65_537)}\nEva,b\n";

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), file);

        Assert.Equal(["first name", "note"], result.Errors.Select(error => error.Column));
        Assert.Equal(1, result.Summary.Created);
    }

    [Fact]
    public async Task Refuses_a_tag_name_that_breaks_the_rules()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new() { TagsColumns = { "tags" } }, "tags\nfine\nzero\u200Bwidth\n");

        Assert.Equal((1, "tags"), (result.Summary.Created, Assert.Single(result.Errors).Column));
        Assert.Equal(["fine"], result.Summary.TagsCreated);
    }

    public static TheoryData<ImportOptions, string> BadOptions => new()
    {
        { new() { ExternalIdColumn = "key" }, "options.external_id_column" },
        { new() { Columns = { ["nope"] = "email" } }, "options.columns[\"nope\"]" },
        { new() { Columns = { ["a"] = "nonsense" } }, "options.columns[\"a\"]" },
        { new() { Columns = { ["a"] = "email", ["b"] = "email" } }, "options.columns[\"b\"]" },
        { new() { Columns = { ["a"] = "fields.email" } }, "options.columns[\"a\"]" },
        { new() { Types_ = { ["nope"] = Type.Text } }, "options.types[\"nope\"]" },
        { new() { Types_ = { ["known"] = Type.Text } }, "options.types[\"known\"]" },
        { new() { Missing = { ["nope"] = new ValueList() } }, "options.missing[\"nope\"]" },
        { new() { TagsColumns = { "nope" } }, "options.tags_columns[0]" },
        { new() { Delimiter = "ab" }, "options.delimiter" },
        { new() { Delimiter = "\"" }, "options.delimiter" },
        { new() { Encoding = "ebcdic" }, "options.encoding" },
        { new() { Kind = ImportOptions.Types.Kind.Opportunities, StageColumn = "nope" }, "options.stage_column" },
        { new() { Kind = ImportOptions.Types.Kind.Opportunities }, "options.stage_column" },
        { new() { FileName = new string('x', 201) }, "options.file_name" },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public async Task Refuses_options_before_anything_is_changed(ImportOptions options, string field)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("known", Type.Number);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, options, "a,b,known\n1,2,3\n"));

        Assert.Contains(field, error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField).Fields);
        Assert.Equal(0, await account.PositionAsync());
        Assert.Equal(["known"], (await account.Apps.Fields.ListFieldsAsync(new() { Account = account.Name })).Fields.Select(known => known.Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,a\n1,2\n")]
    [InlineData("\"a,b\n1,2\n")]
    public async Task Refuses_a_header_that_cannot_be_read(string file)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, new(), file));

        Assert.Equal("1", error.Is(StatusCode.InvalidArgument, ErrorReason.ImportLine).Metadata["line"]);
        Assert.Equal(0, await account.PositionAsync());
    }

    [Fact]
    public async Task Refuses_bytes_that_are_not_of_the_encoding_asked_for()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(
            () => Importer.RunAsync(account.Apps, account.Name, new() { Encoding = "utf-8" }, [.. Encoding.ASCII.GetBytes("a\n"), 0xFC]));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.encoding");
    }

    [Fact]
    public async Task Refuses_a_stream_that_does_not_begin_with_options()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        using var call = account.Apps.Imports.Import();
        await call.RequestStream.WriteAsync(new() { Account = account.Name, Data = ByteString.CopyFromUtf8("a\n") });
        await call.RequestStream.CompleteAsync();

        var error = await Expect.FailureAsync(() => call.ResponseStream.MoveNext(default));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options");
    }
}
