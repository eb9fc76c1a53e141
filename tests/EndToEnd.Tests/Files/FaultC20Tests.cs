using System.IO.Compression;
using System.Text.Json.Nodes;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Files;

/// <summary>Fault C20 of the page of faults: opens, clicks and purchases of another tool could not be brought along in a file.</summary>
public sealed class FaultC20Tests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private static readonly DateTime s_now = DateTime.UtcNow;
    private readonly Cli _cli = new(shared.Apps);
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private string _account = "";

    public async Task InitializeAsync()
    {
        _account = await shared.Apps.NewAccountAsync();
        var people = await FileAsync("people.csv", "external_id,email\na,ann@example.com\nb,ben@bücher.example\nc,eva@x.example\n");
        var imported = await _cli.RunAsync("import", people, "--external-id", "external_id", "--account", _account);
        Assert.True(imported.Code == 0, imported.ToString());
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Old_opens_count_by_their_own_times_and_a_second_run_records_nothing()
    {
        var file = await FileAsync("opens.csv", $"Email,Timestamp\nANN@example.com,{Ago(10)}\nann@example.com,{Ago(200)}\nBen@xn--bcher-kva.example,{Ago(91)}\n");

        var first = await ImportAsync(file, "--kind", "opened");
        var again = await ImportAsync(file, "--kind", "opened");

        Assert.Equal("""{"rows":3,"recorded":3,"already_there":0,"left_out":0,"unknown_contacts":0,"bad":0,"kinds":{"opened":3}}""", first.Output.Trim());
        Assert.Equal((0, 3), (Number(again, "recorded"), Number(again, "already_there")));
        Assert.Equal(1, await CountAsync("opened email in last 90 days"));
        Assert.Equal(2, await CountAsync("opened email in last 100 days"));
        Assert.Equal(1, await CountAsync("opened email at least 2 times"));
        Assert.Equal(0, await CountAsync("opened email in last 5 days"));
    }

    [Fact]
    public async Task Purchases_have_amounts_currencies_and_all_other_columns_as_properties()
    {
        var file = await FileAsync(
            "orders.csv",
            """
            Order;Customer;Date;Total;Currency;Category;Note
            17;a;01.03.2024 08:00;1.234,50 €;EUR;Shoes;
            18;a;02.03.2024;99,00;EUR;Bags;'=1+1
            17;a;01.03.2024 08:00;1.234,50 €;EUR;Shoes;changed meanwhile
            19;b;03.03.2024;-5,00;USD;Shoes;
            """);

        var result = await ImportAsync(file, "--kind", "Purchase", "--external-id", "Customer", "--time", "Date", "--key", "Order", "--amount", "Total", "--currency", "Currency", "--decimal", ",");

        Assert.Equal((3, 1, 0), (Number(result, "recorded"), Number(result, "already_there"), result.Code));
        Assert.Equal(1, await CountAsync("did \"Purchase\" (amount > 1000 AND Category = \"Shoes\" AND currency = \"EUR\")"));
        Assert.Equal(1, await CountAsync("sum of amount of events \"Purchase\" = 1333.5"));
        Assert.Equal(1, await CountAsync("did \"Purchase\" (amount < 0)"));
        Assert.Equal(1, await CountAsync("did \"Purchase\" (Note = \"=1+1\")"));
        Assert.Equal(0, await CountAsync("did \"Purchase\" (Order = \"17\")"));
    }

    [Fact]
    public async Task Unknown_people_and_bad_rows_are_named_with_their_lines_and_the_rest_is_recorded()
    {
        var file = await FileAsync(
            "events.csv",
            $"""
            who,event,when
            external:a,open,{Ago(1)}
            nobody@x.example,open,{Ago(1)}
            1,click,yesterday
            Eva,open,{Ago(1)}
            ,open,{Ago(1)}
            external:zoe,click,{Ago(1)}
            ann@example.com,,{Ago(1)}
            ann@example.com,open,03/04/2024
            ann@example.com,open,2999-01-01
            ann@example.com,open
            2,Demo Booked,{Ago(1)}
            """);

        var result = await ImportAsync(file, "--contact", "who", "--time", "when");
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();

        Assert.Equal(4, result.Code);
        Assert.Equal((11, 2, 2, 7), (Number(result, "rows"), Number(result, "recorded"), Number(result, "unknown_contacts"), Number(result, "bad")));
        Assert.Equal([3, 7], lines.Where(line => line["unknown_contact"]!.GetValue<bool>()).Select(line => line["line"]!.GetValue<int>()).Order());
        Assert.Equal([4, 5, 6, 8, 9, 10, 11], lines.Where(line => !line["unknown_contact"]!.GetValue<bool>()).Select(line => line["line"]!.GetValue<int>()).Order());
        Assert.Contains("nobody@x.example", result.Error, StringComparison.Ordinal);
        Assert.Contains("--time-format", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync("did \"Demo Booked\""));
    }

    [Fact]
    public async Task A_dry_run_shows_what_the_import_would_do_and_records_nothing()
    {
        var file = await FileAsync(
            "events.csv", $"email,event,time,plan\nann@example.com,Signed Up,{Ago(3)},gold\nann@example.com,Signed Up,{Ago(3)},gold\nnobody@x.example,unsubscribe,{Ago(3)},\n");

        var shown = await _cli.RunAsync("activities", "import", file, "--account", _account, "--dry-run");
        var dry = await ImportAsync(file, "--dry-run");
        var before = await CountAsync("did \"Signed Up\"");
        var real = await ImportAsync(file);

        Assert.Contains("property plan of custom events", shown.Output, StringComparison.Ordinal);
        Assert.Contains("would be recorded", shown.Output, StringComparison.Ordinal);
        Assert.Contains("changes no consent", shown.Output, StringComparison.Ordinal);
        Assert.Equal(0, before);
        Assert.Equal(real.Output, dry.Output);
        Assert.Equal((1, 1, 1), (Number(real, "recorded"), Number(real, "already_there"), Number(real, "unknown_contacts")));
    }

    [Fact]
    public async Task Mailchimp_says_the_kind_with_the_folder()
    {
        var path = Path.Combine(_folder, "export.zip");
        await using (var zip = await ZipFile.OpenAsync(path, ZipArchiveMode.Create))
        {
            await AddAsync(zip, "granular_activity/opens/1_spring.csv", "Timestamp,IP,Email\n2024-03-01 08:00:00,192.0.2.1,ann@example.com\n");
            await AddAsync(zip, "granular_activity/clicks/1_spring.csv", "Timestamp,IP,Email,URL\n2024-03-01 08:01:00,192.0.2.1,ann@example.com,https://x.example/shoes\n");
            await AddAsync(zip, "lists/members.csv", "Email Address\nann@example.com\n");
        }

        var result = await ImportAsync(path, "--from", "mailchimp");

        Assert.Equal("""{"clicked":1,"opened":1}""", JsonNode.Parse(result.Output)!["kinds"]!.ToJsonString());
        Assert.Equal(1, await CountAsync("clicked email (link contains \"/shoes\") on 2024-03-01"));
    }

    [Theory]
    [InlineData("klaviyo", "Event Name,Email,Datetime,$event_id,$value,URL\nOpened Email,ann@example.com,2024-03-01 08:00:00+00:00,e1,,\nPlaced Order,ann@example.com,2024-03-01T09:00:00Z,e2,25.90,\nDropped Email,ann@example.com,2024-03-01 08:00:00,e3,,\n", "did \"Placed Order\" (amount = 25.9) AND opened email", 2)]
    [InlineData("sendgrid", "processed,event,email,url,reason\n2024-03-01 08:00:00 UTC,click,ann@example.com,https://x.example/,\n2024-03-01 08:00:00 UTC,deferred,ann@example.com,,busy\n2024-03-01 08:00:00 UTC,bounce,ann@example.com,,no such user\n", "clicked email AND bounced email", 2)]
    public async Task The_words_of_a_tool_are_known(string tool, string content, string filter, int recorded)
    {
        var result = await ImportAsync(await FileAsync("events.csv", content), "--from", tool);

        Assert.Equal((recorded, 1, 0), (Number(result, "recorded"), Number(result, "left_out"), result.Code));
        Assert.Equal(1, await CountAsync(filter));
    }

    [Theory]
    [InlineData("1709280000", "")]
    [InlineData("1709280000123", "")]
    [InlineData("2024-03-01T08:00:00Z", "")]
    [InlineData("2024-03-01 09:00:00 +0100", "")]
    [InlineData("2024-03-01 8:00", "--time-zone UTC")]
    [InlineData("Mar 1, 2024 10:00 AM", "--time-zone Europe/Helsinki")]
    [InlineData("01/03/2024 08:00", "--time-format dd/MM/yyyy@HH:mm --time-zone UTC")]
    [InlineData("3/1/24 8:00", "--time-format M/d/yy@H:mm --time-zone UTC")]
    public async Task Times_are_read_in_the_usual_forms_and_in_that_of_an_option(string time, string options)
    {
        var file = await FileAsync("opens.csv", $"email,time\nann@example.com,\"{time}\"\n");

        var result = await ImportAsync(file, ["--kind", "open", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(option => option.Replace('@', ' '))]);

        Assert.True(result.Code == 0, result.ToString());
        var listed = await shared.Apps.Activity.ListActivitiesAsync(new() { Account = _account, ContactId = 1 });
        Assert.Equal(1_709_280_000, Assert.Single(listed.Activities).Time.Seconds);
    }

    [Theory]
    [InlineData("12.50", "", 12.5)]
    [InlineData("$1,000.50", "", 1000.5)]
    [InlineData("1 234,56 €", "", 1234.56)]
    [InlineData("1.234.567", "", 1234567.0)]
    [InlineData("(5.00)", "", -5.0)]
    [InlineData("25,000", ".", 25000.0)]
    [InlineData("25,000", ",", 25.0)]
    [InlineData("25,000", "", null)]
    [InlineData("many", "", null)]
    public async Task Amounts_are_stored_as_numbers_or_refused(string amount, string mark, double? expected)
    {
        var file = await FileAsync("orders.csv", $"email,time,total\nann@example.com,2024-03-01,\"{amount}\"\n");

        var result = await ImportAsync(file, ["--kind", "Purchase", "--amount", "total", .. mark.Length > 0 ? new[] { "--decimal", mark } : []]);

        Assert.Equal(expected is null ? 4 : 0, result.Code);
        var listed = await shared.Apps.Activity.ListActivitiesAsync(new() { Account = _account, ContactId = 1 });
        Assert.Equal(expected, listed.Activities.SingleOrDefault()?.Properties.Fields["amount"].NumberValue);
    }

    [Fact]
    public async Task An_amount_with_more_digits_than_a_number_keeps_them()
    {
        await ImportAsync(await FileAsync("orders.csv", "email,time,total\nann@example.com,2024-03-01,12345678901234567.89\n"), "--kind", "Purchase", "--amount", "total");

        var listed = await shared.Apps.Activity.ListActivitiesAsync(new() { Account = _account, ContactId = 1 });
        Assert.Equal("12345678901234567.89", Assert.Single(listed.Activities).Properties.Fields["amount"].StringValue);
        Assert.Equal(1, await CountAsync("did \"Purchase\" (amount > 12345678901234567)"));
    }

    [Fact]
    public async Task Contacts_are_found_by_addresses_with_a_name_beside_them()
    {
        var file = await FileAsync("opens.csv", "email,time\nAnn Lee <ann@example.com>,2024-03-01\nmailto:eva@x.example,2024-03-01\n");

        Assert.Equal(2, Number(await ImportAsync(file, "--kind", "opened"), "recorded"));
    }

    [Theory]
    [InlineData("email,kind\nann@example.com,open\n", "looks like the times", new string[0])]
    [InlineData("email,time\nann@example.com,2024-03-01\n", "looks like the kinds of activity", new string[0])]
    [InlineData("who,time\nann,2024-03-01\n", "looks like the contacts", new[] { "--kind", "opened" })]
    [InlineData("email,time\nann@example.com,2024-03-01\n", "has no column total", new[] { "--kind", "Purchase", "--amount", "total" })]
    [InlineData("email,time\n\"ann@example.com,2024-03-01\n", "line 2", new[] { "--kind", "opened" })]
    [InlineData("", "is empty", new string[0])]
    public async Task A_file_that_is_not_clear_is_refused_before_anything_is_recorded(string content, string expected, string[] options)
    {
        var good = await FileAsync("good.csv", "email,time,kind,total\nann@example.com,2024-03-01,open,\n");

        var result = await _cli.RunAsync(["activities", "import", good, await FileAsync("bad.csv", content), "--account", _account, .. options]);

        Assert.NotEqual(0, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Equal(expected == "line 2" ? 1 : 0, await CountAsync("opened email"));
    }

    [Fact]
    public async Task Words_of_a_file_are_explained_on_the_command_line()
    {
        var file = await FileAsync("events.csv", "email,time,what\nann@example.com,2024-03-01,seen\nann@example.com,2024-03-01,ping\nann@example.com,2024-03-01,order\n");

        var result = await ImportAsync(file, "--kind-column", "what", "--kind-word", "SEEN=opened", "--kind-word", "ping=", "--kind-word", "order=Purchase");

        Assert.Equal("""{"Purchase":1,"opened":1}""", JsonNode.Parse(result.Output)!["kinds"]!.ToJsonString());
        Assert.Equal(1, Number(result, "left_out"));
    }

    [PublishedDataFact]
    public async Task Deals_that_were_closed_come_along_from_a_real_file()
    {
        string[] import =
        [
            PublishedData.PathOf("crm-sales-opportunities/sales_pipeline.csv"), "--kind-column", "deal_stage", "--kind-word", "Engaging=", "--kind-word", "Prospecting=",
            "--external-id", "account", "--time", "close_date", "--key", "opportunity_id", "--amount", "close_value",
        ];
        await _cli.RunAsync("import", PublishedData.PathOf("crm-sales-opportunities/accounts.csv"), "--external-id", "account", "--account", _account);

        var first = await ImportAsync(import);
        var again = await ImportAsync(import);

        // Counted with awk: 4,238 won, 2,473 lost, all with an account; 2,089 rows are neither.
        Assert.Equal((8_800, 6_711, 2_089, 0, 0), (Number(first, "rows"), Number(first, "recorded"), Number(first, "left_out"), Number(first, "bad"), Number(first, "unknown_contacts")));
        Assert.Equal((0, 6_711), (Number(again, "recorded"), Number(again, "already_there")));
        Assert.Equal(85, await CountAsync("did \"Won\" at least 1 times"));
    }

    private static string Ago(int days) => s_now.AddDays(-days).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);

    private static int Number(CliResult result, string name) => JsonNode.Parse(result.Output)![name]!.GetValue<int>();

    private static async Task AddAsync(ZipArchive zip, string name, string text)
    {
        await using var writer = new StreamWriter(await zip.CreateEntry(name).OpenAsync());
        await writer.WriteAsync(text);
    }

    private Task<CliResult> ImportAsync(string file, params string[] options) =>
        _cli.RunAsync(["activities", "import", file, "--account", _account, .. options, "--output", "json"]);

    private Task<CliResult> ImportAsync(string[] all) => _cli.RunAsync(["activities", "import", .. all, "--account", _account, "--output", "json"]);

    private Task<int> CountAsync(string filter) => _cli.CountAsync(_account, filter);

    private async Task<string> FileAsync(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, content);
        return path;
    }
}
