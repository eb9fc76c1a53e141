using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace TagSegments.WebConsole.Parts;

/// <summary>
/// The state of a page in its address: a link leads to it, and reading the page again changes nothing. The browser tells of a change later; until then,
/// the next change is made to the address as it will be, so parts of a page write their state without knowing of each other.
/// </summary>
public sealed class PageAddress : IDisposable
{
    private readonly NavigationManager _navigation;
    private string? _ahead;

    /// <summary>Follows the address of a session.</summary>
    public PageAddress(NavigationManager navigation)
    {
        _navigation = navigation;
        _navigation.LocationChanged += Follow;
    }

    /// <summary>Gets a part of the state; null if the address has none.</summary>
    public string? this[string name] =>
        QueryHelpers.ParseQuery(new Uri(Current).Query).TryGetValue(name, out var values) && values is [{ } value, ..] ? value : null;

    private string Current => _ahead ?? _navigation.Uri;

    /// <summary>Gets the numbers in a part of the state, such as <c>3.17</c>.</summary>
    public IReadOnlyList<int> Numbers(string name) => ReadNumbers(this[name]);

    /// <summary>Writes parts of the state in one step; null takes one out.</summary>
    public void Show(params IEnumerable<(string Name, object? Value)> state) =>
        Show(state.ToDictionary(part => part.Name, part => part.Value));

    /// <summary>Writes parts of the state in one step; null takes one out.</summary>
    public void Show(IReadOnlyDictionary<string, object?> state)
    {
        var next = _navigation.GetUriWithQueryParameters(Current, state);
        if (next == Current)
            return;

        _ahead = next;
        _navigation.NavigateTo(next, replace: true);
    }

    /// <summary>Goes on at another path, where what was edited has its place now; the state stays, <paramref name="without"/> some parts of it.</summary>
    public void MoveTo(string path, params string[] without)
    {
        var address = _navigation.ToAbsoluteUri(path + new Uri(Current).Query).ToString();
        var next = _navigation.GetUriWithQueryParameters(address, without.ToDictionary(name => name, object? (_) => null));
        _ahead = next;
        _navigation.NavigateTo(next, replace: true);
    }

    /// <summary>Reads numbers that <see cref="Write"/> has written; what is no number is passed over.</summary>
    public static IReadOnlyList<int> ReadNumbers(string? text) =>
        [.. (text ?? "").Split('.').Select(part => int.TryParse(part, out var number) ? number : 0).Where(number => number > 0)];

    /// <summary>Writes numbers; null for none.</summary>
    public static string? Write(IEnumerable<int> numbers) => string.Join('.', numbers) is { Length: > 0 } text ? text : null;

    /// <inheritdoc/>
    public void Dispose() => _navigation.LocationChanged -= Follow;

    // A change before the last one is on its way to it; another page is where the person went instead.
    private void Follow(object? sender, LocationChangedEventArgs change)
    {
        if (_ahead is { } ahead && (change.Location == ahead || PathOf(change.Location) != PathOf(ahead) || change.IsNavigationIntercepted))
            _ahead = null;
    }

    private static string PathOf(string address) => new Uri(address).AbsolutePath;
}
