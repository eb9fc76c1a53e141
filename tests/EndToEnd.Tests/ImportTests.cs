using System.IO.Compression;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

public sealed class ImportTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private readonly Cli _cli = new(shared.Apps);

    [PublishedDataFact]
    public async Task Bank_customers_get_tags_by_job_and_no_number_where_it_is_missing()
    {
        var summary = await _cli.JsonAsync(
            "import", PublishedData.PathOf("bank-marketing/bank-full.csv"), "--account", "bank", "--delimiter", ";", "--external-id", "row",
            "--missing", "pdays=-1", "--tags-column", "job", "--tags-prefix", "Job: ");

        Assert.Equal(45_211, summary["created"]!.GetValue<long>());
        Assert.Equal(45_211, summary["tags_added"]!.GetValue<long>());
        // Counted with awk: 9,458 managers; 36,954 rows with pdays -1.
        Assert.Equal(9_458, await _cli.CountAsync("bank", """has tag "Job: management" """));
        Assert.Equal(36_954, await _cli.CountAsync("bank", "pdays is empty"));
    }

    [PublishedDataFact]
    public async Task People_are_imported_twice_without_a_change()
    {
        string[] import = ["import", PublishedData.PathOf("people-100k/people-100000.csv"), "--account", "people", "--external-id", "User Id"];

        var first = await _cli.JsonAsync(import);
        var second = await _cli.JsonAsync(import);

        Assert.Equal(100_000, first["rows"]!.GetValue<long>());
        Assert.Equal(100_000, first["created"]!.GetValue<long>() + first["failed"]!.GetValue<long>() + first["updated"]!.GetValue<long>());
        Assert.Equal(0, second["created"]!.GetValue<long>());
        Assert.Equal(0, second["updated"]!.GetValue<long>());
    }

    [Fact]
    public async Task Rows_with_errors_are_reported_by_line_and_the_rest_is_imported()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "external_id,email,score\na,a@example.com,1\nb,no address,2\nc,c@example.com,3\n");

        var result = await _cli.RunAsync("import", file, "--account", "bad-rows", "--external-id", "external_id", "--output", "json");
        File.Delete(file);

        Assert.Equal(4, result.Code);
        Assert.Contains("\"line\":3", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _cli.CountAsync("bad-rows", "everyone"));
    }

    [Fact]
    public async Task An_archive_is_imported_file_by_file()
    {
        var folder = Directory.CreateTempSubdirectory();
        var archive = Path.Combine(folder.FullName, "audience.zip");
        await using (var zip = await ZipFile.OpenAsync(archive, ZipArchiveMode.Create))
        {
            await AddAsync(zip, "subscribed_members.csv", "Email Address,TAGS\nann@example.org,\n");
            await AddAsync(zip, "cleaned_members.csv", "Email Address,CLEAN_TIME\nben@example.org,2024-05-06 07:08:09\n");
            await AddAsync(zip, "readme.txt", "no data");
            await AddAsync(zip, "__MACOSX/._subscribed_members.csv", "no data");
        }

        var result = await _cli.RunAsync("import", archive, "--account", "archive", "--from", "mailchimp");
        var wrong = await _cli.RunAsync("import", Path.Combine(folder.FullName, "audience.zip"), "--account", "archive", "--from", "pigeon");
        folder.Delete(recursive: true);

        Assert.Equal((0, 2), (result.Code, wrong.Code));
        Assert.Equal(2, await _cli.CountAsync("archive", "everyone"));
        Assert.Equal(1, await _cli.CountAsync("archive", "subscribed to email"));
    }

    [Fact]
    public async Task An_archive_says_what_it_leaves_out()
    {
        var archive = await ArchiveAsync(
            ("lists/subscribed_members.csv", "Email Address\nann@example.org\n"),
            ("granular_activity/opens.csv", "Email,Timestamp\nann@example.org,2024-05-06 07:08:09\n"),
            ("README.txt", "no data"),
            ("logo.png", "no data"));

        var result = await _cli.RunAsync("import", archive, "--account", "left-out", "--from", "mailchimp");
        File.Delete(archive);

        Assert.Equal(0, result.Code);
        Assert.Contains("left out granular_activity/opens.csv, which has no members of an audience", result.Error, StringComparison.Ordinal);
        Assert.Contains("left out README.txt, logo.png, which are no tables.", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, await _cli.CountAsync("left-out", "everyone"));
        Assert.DoesNotContain("Timestamp", (await _cli.RunAsync("fields", "list", "--account", "left-out")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("export/people.csv.gz", 2)]
    [InlineData("export 2026/people.CSV.GZ", 2)]
    [InlineData("people.jsonl.gz", 2)]
    [InlineData("people.tar.gz", 1)]
    [InlineData("__MACOSX/export/._people.csv.gz", 1)]
    public async Task A_compressed_table_in_an_archive_is_one_of_its_tables(string name, int contacts)
    {
        var account = await shared.Apps.NewAccountAsync();
        var archive = await ArchiveAsync(("export/more.csv", "email\nann@example.org\n"), ("__MACOSX/export/._more.csv", "\0\u0005\u0016\a"), ("export/.DS_Store", "\0"));
        await using (var zip = await ZipFile.OpenAsync(archive, ZipArchiveMode.Update))
        await using (var gzip = new GZipStream(await zip.CreateEntry(name).OpenAsync(), CompressionMode.Compress))
        {
            await gzip.WriteAsync(System.Text.Encoding.UTF8.GetBytes(name.Contains("json", StringComparison.Ordinal) ? "{\"email\":\"ben@example.org\"}\n" : "email\nben@example.org\n"));
        }

        var result = await _cli.RunAsync("import", archive, "--account", account);
        File.Delete(archive);

        Assert.True(result.Code == 0, result.ToString());
        Assert.Equal(contacts, await _cli.CountAsync(account, "everyone"));
    }

    [Theory]
    [InlineData("more.csv.gz", "\u001f\u008bemail\nno@example.org\n", 4, 1)]
    [InlineData("more.csv.gz", "email\nben@example.org\n", 0, 2)]
    [InlineData("more\u001b[2J.csv", "email\nben@example.org\n", 0, 2)]
    [InlineData("desktop.ini", "[x]\n", 0, 1)]
    public async Task A_file_of_an_archive_that_is_odd_keeps_no_other_out(string name, string text, int code, int contacts)
    {
        var account = await shared.Apps.NewAccountAsync();
        var archive = await ArchiveAsync(("a.csv", "email\nann@example.org\n"));
        await using (var zip = await ZipFile.OpenAsync(archive, ZipArchiveMode.Update))
        await using (var content = await zip.CreateEntry(name).OpenAsync())
        {
            await content.WriteAsync(System.Text.Encoding.Latin1.GetBytes(text));
        }

        var result = await _cli.RunAsync("import", archive, "--account", account);
        File.Delete(archive);

        Assert.True(result.Code == code, result.ToString());
        Assert.Equal(code != 0, result.Error.Contains("more.csv: not imported: The archive is damaged", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Error, one => char.IsControl(one) && one is not ('\r' or '\n'));
        Assert.DoesNotContain("desktop", result.Error, StringComparison.Ordinal);
        Assert.Equal(contacts, await _cli.CountAsync(account, "everyone"));
    }

    [Fact]
    public async Task A_file_with_a_long_name_is_imported()
    {
        var account = await shared.Apps.NewAccountAsync();
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}{new string('x', 210)}.csv");
        await File.WriteAllTextAsync(file, "email\nann@example.org\n");

        var result = await _cli.RunAsync("import", file, "--account", account);
        File.Delete(file);

        Assert.True(result.Code == 0, result.ToString());
        Assert.Equal(1, await _cli.CountAsync(account, "everyone"));
    }

    [Fact]
    public async Task A_table_in_an_archive_that_is_refused_keeps_no_other_out()
    {
        var archive = await ArchiveAsync(("companies.csv", "Company,City\nAcme,Graz\n"), ("contacts.csv", "Record ID,Email\n1,ann@example.org\n"));
        var none = await ArchiveAsync(("notes.txt", "no data"), ("book.xlsx", "no data"));

        var result = await _cli.RunAsync("import", archive, "--account", "one-of-two", "--from", "hubspot");
        var refused = await _cli.RunAsync("import", none, "--account", "one-of-two");
        File.Delete(archive);
        File.Delete(none);

        Assert.Equal((4, 2), (result.Code, refused.Code));
        Assert.Contains("companies.csv: not imported", result.Error, StringComparison.Ordinal);
        Assert.Contains("book.xlsx", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, await _cli.CountAsync("one-of-two", "everyone"));
    }

    [Fact]
    public async Task A_compressed_file_is_read_and_a_damaged_one_is_refused_whole()
    {
        var folder = Directory.CreateTempSubdirectory();
        var (file, damaged, sheet) = (Path.Combine(folder.FullName, "people.csv.gz"), Path.Combine(folder.FullName, "damaged.csv.gz"), Path.Combine(folder.FullName, "people.xlsx"));
        await using (var gzip = new GZipStream(File.Create(file), CompressionMode.Compress))
        {
            await gzip.WriteAsync(System.Text.Encoding.UTF8.GetBytes("email,city\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"c{i}@example.org,{Guid.NewGuid()}\n"))));
        }

        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.Length / 2] ^= 0xFF;
        await File.WriteAllBytesAsync(damaged, bytes);
        await File.WriteAllBytesAsync(sheet, [0x50, 0x4B, 3, 4, .. "[Content_Types].xml"u8]);

        var result = await _cli.RunAsync("import", file, "--account", "gz");
        var bad = await _cli.RunAsync("import", damaged, "--account", "gz-bad");
        var workbook = await _cli.RunAsync("import", sheet, "--account", "gz-bad");
        folder.Delete(recursive: true);

        Assert.Equal((0, 2, 1), (result.Code, bad.Code, workbook.Code));
        Assert.Contains("damaged", bad.Error, StringComparison.Ordinal);
        Assert.Contains("CSV UTF-8", workbook.Error, StringComparison.Ordinal);
        Assert.Equal(20_000, await _cli.CountAsync("gz", "everyone"));
        Assert.Equal(0, await _cli.CountAsync("gz-bad", "everyone"));
    }

    [Fact]
    public async Task A_dry_run_shows_the_plan_and_the_first_rows_and_imports_nothing()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "email,score,tags\na@example.com,1,vip\nb@example.com,2,\n");
        await _cli.JsonAsync("accounts", "create", "dry");

        var shown = await _cli.RunAsync("import", file, "--account", "dry", "--tags-column", "tags", "--dry-run");
        var json = await _cli.JsonAsync("import", file, "--account", "dry", "--tags-column", "tags", "--dry-run");
        File.Delete(file);

        Assert.Equal(0, shown.Code);
        Assert.Contains("fields.score", shown.Output, StringComparison.Ordinal);
        Assert.Contains("Number (inferred)", shown.Output, StringComparison.Ordinal);
        Assert.Contains("b@example.com", shown.Output, StringComparison.Ordinal);
        Assert.Equal(2, json["summary"]!["created"]!.GetValue<long>());
        Assert.Equal("number", json["plan"]!["columns"]![1]!["type"]!.GetValue<string>(), ignoreCase: true);
        Assert.Equal(0, await _cli.CountAsync("dry", "everyone"));
    }

    [Fact]
    public async Task An_unknown_column_is_refused_before_anything_is_imported()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "id,email\n1,a@example.com\n");

        var result = await _cli.RunAsync("import", file, "--account", "bad-column", "--external-id", "nummer");
        File.Delete(file);

        Assert.Equal(1, result.Code);
        Assert.Contains("nummer", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _cli.CountAsync("bad-column", "everyone"));
    }

    private static async Task<string> ArchiveAsync(params (string Name, string Text)[] files)
    {
        var path = Path.Combine(Path.GetTempPath(), $"archive-{Guid.NewGuid():N}.zip");
        await using var zip = await ZipFile.OpenAsync(path, ZipArchiveMode.Create);
        foreach (var (name, text) in files)
        {
            await AddAsync(zip, name, text);
        }

        return path;
    }

    private static async Task AddAsync(ZipArchive zip, string name, string text)
    {
        await using var writer = new StreamWriter(await zip.CreateEntry(name).OpenAsync());
        await writer.WriteAsync(text);
    }
}
