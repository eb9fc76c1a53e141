using System.Globalization;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>C19: columns of one file that differ in separators, prefixes, dates and numbers; the options were those of the file.</summary>
public sealed class FaultC19Tests(SharedApps shared) : IClassFixture<SharedApps>
{
    public static TheoryData<ImportOptions, string, string, string> Mixed => new()
    {
        {
            new()
            {
                Tags = { ["Listen"] = new() { Separators = { " + " }, Prefix = "Liste: " }, ["Kurse"] = new() { Separators = { "," } } },
                DateFormats = { ["seit"] = "dd.MM.yyyy", ["bis"] = "MM/dd/yyyy" },
            },
            "Listen;Kurse;seit;bis\nA + B,C;x,y;01.02.2020;03/04/2021\n", "Liste: A|Liste: B,C|x|y", "bis=2021-03-04 seit=2020-02-01"
        },
        {
            new()
            {
                TagsColumns = { "tags" }, TagsPrefix = "P: ", Tags = { ["one"] = new() { Single = true } },
                NumberFormats = { ["a"] = new() { Decimal = "," }, ["b"] = new() { Decimal = "." } },
            },
            "tags\tone\ta\tb\nx;y\tp, q\t1.234\t1.234\n", "P: x|P: y|p, q", "a=1234 b=1.234"
        },
        {
            new()
            {
                Tags = { ["種別"] = new() { Separators = { "、", "・" }, Prefix = "種: " } },
                DateFormats = { ["t"] = "unix", ["d"] = "yyyy年M月d日" },
            },
            "種別,t,d\n甲、乙・丙,1614853230,2021年3月4日\n", "種: 丙|種: 乙|種: 甲", "d=2021-03-04 t=2021-03-04T10:20:30.000000Z"
        },
        {
            new()
            {
                Tags = { ["a"] = new() { Separators = { "|" }, Prefix = "x" }, ["b"] = new() { Separators = { "|" }, Prefix = "X: " } },
                Missing = { ["n"] = new ValueList { Values = { "-1" } }, ["m"] = new ValueList { Values = { "0" } } },
            },
            "a,b,n,m\n1|2,1|2,-1,-1\n", "X: 1|X: 2|x1|x2", "m=-1"
        },
    };

    [Theory]
    [MemberData(nameof(Mixed))]
    public async Task C19_columns_of_one_file_differ_in_everything(ImportOptions options, string file, string tags, string fields)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, options, file);

        Assert.Empty(result.Errors);
        Assert.Equal(tags.Split('|').Order(StringComparer.Ordinal), (await account.TagsOfAsync(1)).Order(StringComparer.Ordinal));
        Assert.Equal(fields, string.Join(' ', (await account.GetContactAsync(1)).Fields.Fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(Shown)));
    }

    private static string Shown(KeyValuePair<string, Value> field) => $"{field.Key}={(field.Value.HasNumberValue
        ? field.Value.NumberValue.ToString(CultureInfo.InvariantCulture)
        : field.Value.StringValue)}";
}
