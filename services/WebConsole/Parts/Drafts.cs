using Microsoft.JSInterop;

namespace TagSegments.WebConsole.Parts;

/// <summary>
/// Keeps edits that are not saved yet in the tab of the browser. They outlive a lost connection, a restart of the console and a page that is read again,
/// and end with the tab or the person's session.
/// </summary>
public sealed class Drafts(IJSRuntime browser)
{
    // The socket takes messages of up to a megabyte.
    private const int Longest = 500_000;

    /// <summary>Reads what is kept for a page; null for nothing.</summary>
    public Task<string?> ReadAsync(string page) => TryAsync(() => browser.InvokeAsync<string?>("sessionStorage.getItem", Key(page)));

    /// <summary>Keeps a text for a page in place of the one before; null for nothing. A text that is too long is not kept.</summary>
    public Task KeepAsync(string page, string? text) => text is { Length: <= Longest }
        ? TryAsync(() => browser.InvokeAsync<string?>("sessionStorage.setItem", Key(page), text))
        : TryAsync(() => browser.InvokeAsync<string?>("sessionStorage.removeItem", Key(page)));

    private static string Key(string page) => $"tagsegments.draft.{page}";

    // Without a browser that keeps them, the page still has its edits.
    private static async Task<string?> TryAsync(Func<ValueTask<string?>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is JSException or JSDisconnectedException or OperationCanceledException)
        {
            return null;
        }
    }
}
