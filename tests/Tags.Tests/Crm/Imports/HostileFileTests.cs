using System.Text;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Csv;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>Finding 15 for CSV: no file costs far more than it is long, and errors say where it is wrong.</summary>
public sealed class HostileFileTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const int Million = 1_000_000;

    public static TheoryData<string> Headers =>
    [
        string.Join(',', Enumerable.Range(0, 2_001)) + "\n1\n",
        string.Join(',', Enumerable.Range(0, 500_000)) + "\n1\n",
        new string(',', 3 * Million) + "\n1\n",
        new string('x', 3 * Million) + "\n1\n",
        new string('x', 5 * Million) + "\n1\n",
        "\"" + new string('\n', 3 * Million) + "\"\n1\n",
        "\"a,b\n" + string.Concat(Enumerable.Repeat("1,2\n", Million)),
        new string('"', 3 * Million) + "\n1\n",
    ];

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task Finding_15_a_header_that_no_file_has_is_refused(string file)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, new(), file).WaitAsync(Eventually.Patience));

        Assert.Equal("1", error.Is(StatusCode.InvalidArgument, ErrorReason.ImportLine).Metadata["line"]);
    }

    [Fact]
    public async Task Finding_15_bad_rows_are_passed_on_one_by_one()
    {
        await using var file = new UploadedFile(Path.GetTempPath());
        await file.Rewind().WriteAsync(Encoding.UTF8.GetBytes("a,b\n" + string.Concat(Enumerable.Repeat("x\n", Million))));
        var table = CsvTable.Open(file, Encoding.UTF8, new CsvForm(','));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var rows = 0;
        foreach (var row in table.Read())
        {
            Assert.Equal(rows + 2, row.Line);
            Assert.NotNull(row.Problem);
            if (rows++ == 0)
            {
                // The others are not read yet.
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * Million);
            }
        }

        Assert.Equal(Million, rows);
    }

    [Fact]
    public async Task Finding_15_errors_are_sent_as_they_come_however_many_a_row_has()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { Types_ = { ["a"] = Type.Number, ["b"] = Type.Number, ["c"] = Type.Number } };

        var result = await Importer.RunAsync(account.Apps, account.Name, options, "a,b,c\n" + string.Concat(Enumerable.Repeat("x,x,x\n", 6_000)));

        Assert.Equal((18_000, 6_000), (result.Errors.Count, result.Summary.Failed));
        Assert.InRange(result.Progress.Count, 3, 10);
    }

    [Fact]
    public async Task Finding_15_a_cell_of_a_million_tags_is_an_error_of_its_row()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var tags = string.Join(';', Enumerable.Range(0, 400_000));

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { TagsColumns = { "tags" } }, $"name,tags\nAnn,fine\nBob,{tags}\n")
            .WaitAsync(Eventually.Patience);

        var error = Assert.Single(result.Errors);
        Assert.Equal((3L, "tags", "makes more than 1000 tags of one row"), (error.Line, error.Column, error.Message));
        Assert.Equal(["fine"], result.Summary.TagsCreated);
    }

    [Fact]
    public async Task Finding_15_more_choices_and_stages_than_there_may_be_are_refused_where_they_are()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var file = "stage,size\n" + string.Concat(Enumerable.Range(0, 5_000).Select(i => $"s{i},c{i}\n"));

        var choices = await Expect.FailureAsync(
            () => Importer.RunAsync(account.Apps, account.Name, new() { Types_ = { ["size"] = Type.SingleChoice } }, file));
        var stages = await Expect.FailureAsync(() => Importer.RunAsync(
            account.Apps, account.Name, new() { Kind = ImportOptions.Types.Kind.Opportunities, StageColumn = "stage" }, file));

        choices.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.types[\"size\"]");
        Assert.Contains("line 1002", choices.Message, StringComparison.Ordinal);
        stages.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.stage_column");
        Assert.Contains("line 102", stages.Message, StringComparison.Ordinal);
        Assert.Equal(0, await account.PositionAsync());
    }

    [Fact]
    public async Task Finding_15_long_and_odd_values_are_errors_of_their_rows()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var digits = new string('9', Million);
        var file = $"number,date,instant,truth,text,free\n{digits},{digits},{digits},{digits},{digits},{digits}\n1e-2147483648,1,1,1,1,x\n"
            + $"1{new string('0', Million)}e-{digits},{new string(' ', Million)},x,x,x,x\n5,2026-11-23,2026-11-23T10:00:00Z,true,x,2026-11-23\n";
        var options = new ImportOptions
        {
            Types_ = { ["number"] = Type.Number, ["date"] = Type.Date, ["instant"] = Type.DateTime, ["truth"] = Type.Boolean, ["text"] = Type.Text },
        };

        var result = await Importer.RunAsync(account.Apps, account.Name, options, file).WaitAsync(Eventually.Patience);

        Assert.Equal((4L, 1L, 3L), (result.Summary.Rows, result.Summary.Created, result.Summary.Failed));
        Assert.All(result.Errors, error => Assert.InRange(error.Message.Length, 1, 200));
    }

    // By the field that is wrong: a test's name would repeat the options.
    private static readonly Dictionary<string, ImportOptions> s_options = new()
    {
        ["options.date_format"] = new() { DateFormat = new string('d', Million) },
        ["options.tags_separator"] = new() { TagsSeparator = new string(';', Million) },
        ["options.tags_columns"] = new() { TagsColumns = { Enumerable.Repeat("a", 400_000) } },
        ["options.missing"] = new() { Missing = { ["*"] = new ValueList { Values = { Enumerable.Range(0, 300_000).Select(i => $"{i}") } } } },
        ["options.columns"] = new() { Columns = { Enumerable.Range(0, 100_000).ToDictionary(i => $"{i}", _ => "") } },
    };

    public static TheoryData<string> Options => [.. s_options.Keys];

    [Theory]
    [MemberData(nameof(Options))]
    public async Task Finding_15_options_that_cost_for_each_cell_are_short(string field)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, s_options[field], "a\n1\n"));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, field);
    }

    [Theory]
    [InlineData("a;")]
    [InlineData("\";")]
    [InlineData("\"\";")]
    [InlineData("\"\"\";")]
    [InlineData("\" ")]
    [InlineData("\"x\" y;")]
    [InlineData("; ")]
    public async Task Finding_15_a_list_takes_time_in_proportion_to_its_length(string part)
    {
        var cell = "\";" + string.Concat(Enumerable.Repeat(part, 4 * Million / part.Length));

        await Task.Run(() => ListText.Split(cell, [",", ";"])).WaitAsync(Eventually.Patience);
    }

    [Theory]
    [InlineData("1e-2147483648", false)]
    [InlineData("0.5e-2147483647", false)]
    [InlineData("1e-28", true)]
    public void Finding_15_a_number_is_exact_or_refused_whatever_its_exponent(string text, bool ok) => Assert.Equal(ok, Decimals.TryParse(text, out _));
}
