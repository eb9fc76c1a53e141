using Microsoft.AspNetCore.Components.Forms;

namespace TagSegments.WebConsole.Pages.Imports;

/// <summary>A file that a person has chosen, kept until the page is left: it is read for the dry run and again for the import.</summary>
internal sealed class UploadedFile : IDisposable
{
    private readonly FileStream _content;

    private UploadedFile(string name, FileStream content) => (Name, _content) = (name, content);

    public string Name { get; }

    /// <summary>Takes the file from the browser.</summary>
    public static async Task<UploadedFile> ReadAsync(IBrowserFile file, long mostBytes, CancellationToken ct)
    {
        var content = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        try
        {
            await using var source = file.OpenReadStream(mostBytes, ct);
            await source.CopyToAsync(content, ct);
            return new(file.Name, content);
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gets the content from its beginning.</summary>
    public Stream Open()
    {
        _content.Position = 0;
        return _content;
    }

    public void Dispose() => _content.Dispose();
}
