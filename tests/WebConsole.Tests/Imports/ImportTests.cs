namespace TagSegments.WebConsole.Tests.Imports;

/// <summary>The page of imports, by clicks alone.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class ImportTests(ConsoleServer console, Browser browser) : IClassFixture<Browser>
{
    [BrowserFact]
    public async Task A_file_is_tried_then_imported_and_its_bad_rows_are_downloaded_as_they_were()
    {
        var mark = Guid.NewGuid().ToString("N")[..8];
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/imports");
        await page.ChooseFileAsync($"""
            email,first_name,seats_{mark}
            anna.{mark}@example.com,Anna,7
            not an address,"Bert, the ""Bad"" one",8
            cleo.{mark}@example.com,Cleo,9

            """);
        await page.ReadAsync("main", "New contacts: 2");
        await page.ReadAsync("#bad", "Bad rows: 1");
        await page.ReadAsync("#bad ~ ul", ": “not an address”");
        await page.ReadAsync("section[aria-labelledby=plan]", $"Seats {mark}");
        await page.ShootAsync("import-tried");
        Assert.Empty(await page.FindingsAsync());

        // Nothing is written yet.
        await using (var other = await browser.OpenAsync(console.Address))
        {
            await other.GoAsync($"/demo/contacts?q=email%20contains%20%22{mark}%22");
            await other.ReadAsync(".count strong", "0");
        }

        var bad = await page.DownloadAsync(".bad-rows");
        var lines = bad.TrimStart('\uFEFF').Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Equal($"email,first_name,seats_{mark},line,error", lines[0]);
        Assert.StartsWith("not an address,\"Bert, the \"\"Bad\"\" one\",8,3,", lines[1], StringComparison.Ordinal);

        await page.ClickAsync(".import");
        await page.ReadAsync("#outcome", "Imported");
        await page.ShootAsync("import-done");
        await page.GoAsync($"/demo/contacts?q=email%20contains%20%22{mark}%22");
        await page.ReadAsync(".count strong", "2");
        Assert.Empty(page.Errors);
    }

    [BrowserFact]
    public async Task A_file_without_a_key_is_refused_in_plain_words()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/imports");
        await page.WriteAsync("#key", "customer_number");
        await page.Page.Keyboard.PressAsync("Tab");
        var folder = Directory.CreateTempSubdirectory("tagsegments-upload-");
        var file = Path.Combine(folder.FullName, "people.csv");
        await File.WriteAllTextAsync(file, "email\nanna@example.com\n");
        await using var input = await page.Page.QuerySelectorAsync("#file");
        await input.UploadFileAsync(file);
        await page.ReadAsync(".problem", "customer_number");
        folder.Delete(recursive: true);

        Assert.Empty(await page.FindingsAsync());
        Assert.Empty(page.Errors);
    }
}
