using PuppeteerSharp;

namespace TagSegments.WebConsole.Tests;

/// <summary>Files that a person gives to a page, and gets from it.</summary>
internal static class Uploads
{
    /// <summary>Chooses a file with this content on the page of imports, and waits for what it would do.</summary>
    public static async Task ChooseFileAsync(this BrowserPage page, string content)
    {
        var folder = Directory.CreateTempSubdirectory("tagsegments-upload-");
        try
        {
            var file = Path.Combine(folder.FullName, "people.csv");
            await File.WriteAllTextAsync(file, content);
            await page.SeeAsync("#file");
            await using var input = await page.Page.QuerySelectorAsync("#file");
            await input.UploadFileAsync(file);
            await page.ReadAsync("main", "This would happen");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Imports a file by clicks, with a column of tags.</summary>
    public static async Task ImportAsync(this BrowserPage page, string content)
    {
        await page.GoAsync("/demo/imports");
        await page.WriteAsync("#import-tags", "tags");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.ChooseFileAsync(content);
        await page.ClickAsync(".import");
        await page.ReadAsync("#outcome", "Imported");
    }

    /// <summary>Clicks and returns the text of the file that the browser then keeps.</summary>
    public static async Task<string> DownloadAsync(this BrowserPage page, string selector)
    {
        var folder = Directory.CreateTempSubdirectory("tagsegments-download-");
        try
        {
            await page.Page.Client.SendAsync("Page.setDownloadBehavior", new { behavior = "allow", downloadPath = folder.FullName });
            await page.ClickAsync(selector);
            var file = await TagSegments.Testing.Eventually.ReadAsync(
                () => Task.FromResult(folder.EnumerateFiles().FirstOrDefault(file => file.Extension != ".crdownload" && file.Length > 0)), file => file is not null);
            return await File.ReadAllTextAsync(file!.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
