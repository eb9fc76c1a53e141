using Crm.Segments.V1;
using Grpc.Net.Client;

namespace TagSegments.WebConsole.Tests.States;

/// <summary>What a person can choose, open, write or sort on each page, before the data of the demo.</summary>
public static class PageStates
{
    private const string Recipients = "section[aria-labelledby=recipients]";

    /// <summary>The states by their names.</summary>
    public static IReadOnlyDictionary<string, PageState> All { get; } = new Dictionary<string, PageState>
    {
        ["contacts: filter, order"] = new("/{Account}/contacts", At("/demo/contacts"), async page =>
        {
            await page.WriteAsync("#filter", "has tag \"VIP\"");
            await page.Page.WaitForFunctionAsync("() => new URLSearchParams(location.search).get('q')?.endsWith('\"VIP\"')");
            await page.SettleAsync();
            await page.ClickAsync(".contact-table th:nth-child(4) .rz-column-title");
            await page.Page.WaitForFunctionAsync("() => location.search.includes('sort=')");
        }),
        ["contacts: all but one chosen, a tag to add"] = new("/{Account}/contacts", At("/demo/contacts?q=has%20tag%20%22VIP%22"), async page =>
        {
            await page.SeeAsync(".contact-table tbody input");
            await page.ClickAsync(".choose-all");
            await page.ReadAsync(".selection", "All ");
            await page.ClickAsync(".contact-table tbody input");
            await page.ReadAsync(".selection", "except 1");
            await page.ChooseAsync(".tag-picker .rz-dropdown", "Requested Demo");
            await page.Page.Keyboard.PressAsync("Escape");
            await page.ReadAsync(".preview", "Nothing has changed yet");
        }),
        ["contacts: a list that is being named"] = new("/{Account}/contacts", At("/demo/contacts?q=has%20tag%20%22VIP%22"), async page =>
        {
            await page.ClickAsync(".new-list");
            await page.WriteAsync(".list-name", "My list");
            await page.Page.WaitForFunctionAsync("() => location.search.includes('naming=My')");
        }),
        ["contact: more of the timeline"] = new("/{Account}/contacts/{Id:int}", BusyContactAsync, async page =>
        {
            await page.PressAsync("Show more");
            await page.Page.WaitForFunctionAsync("() => location.search.includes('timeline=2')");
        }),
        ["segments: order"] = new("/{Account}/segments", At("/demo/segments"), page => SortAsync(page, 1)),
        ["segment: why a contact, a day, a filter, a name"] = new("/{Account}/segments/new", At("/demo/segments/new"), async page =>
        {
            await page.WriteAsync("#filter", "country = \"AT\"");
            await page.Page.WaitForFunctionAsync("() => location.search.includes('f=')");
            await AnswerAsync(page, "#why-contact", "7");
            await page.ReadAsync("section[aria-labelledby=why]", "country");
            await AnswerAsync(page, ".save input", "In Austria");
            await page.Page.FocusAsync("#past-day");
            await page.Page.Keyboard.PressAsync("ArrowLeft");
            await page.Page.WaitForFunctionAsync("() => ['on', 'why', 'f', 'name'].every(name => new URLSearchParams(location.search).has(name))");
        }),
        ["segment: a version compared, a contact expected"] = new("/{Account}/segments/{Id:guid}", VersionsAsync, async page =>
        {
            await page.ClickAsync(".compare");
            await page.ReadAsync(".comparison", "join");
            await AnswerAsync(page, "#expected-contact", "7");
            await page.SeeAsync(".expect-in:not(:disabled)");
        }),
        ["overlap: segments"] = new("/{Account}/segments/overlap", OverlapAsync, async page =>
        {
            foreach (var place in new[] { "1", "2" })
            {
                await page.Page.SelectAsync($"select[aria-label='Segment {place}']", place);
                await page.Page.WaitForFunctionAsync("count => new URLSearchParams(location.search).getAll('s').length == count", place);
            }

            await page.SeeAsync(".venn circle");
        }),
        ["campaigns: order"] = new("/{Account}/campaigns", At("/demo/campaigns"), page => SortAsync(page, 2)),
        ["campaign: message, preview, time"] = new("/{Account}/campaigns/new", At("/demo/campaigns/new"), async page =>
        {
            await AnswerAsync(page, "input[name=subject]", "Hello");
            await AnswerAsync(page, "textarea[name=text]", "News for {{ contact.first_name }}");
            await AnswerAsync(page, "#preview-contact", "7");
            await page.ClickAsync(".preview-message");
            await page.ReadAsync(".mail", "News for");
            await AnswerAsync(page, "input[name=send-time]", "2031-01-15 09:00");
            await AnswerAsync(page, "#send-zone", "America/New_York");
            await AnswerAsync(page, "#why-contact", "7");
            await page.Page.WaitForFunctionAsync("() => ['preview', 'send', 'zone', 'why'].every(name => new URLSearchParams(location.search).has(name)) && sessionStorage.length > 0");
        }),
        ["campaign: recipients, results by segment"] = new("/{Account}/campaigns/{Id:guid}", Of("/demo/campaigns", "Spring offer"), async page =>
        {
            await page.SeeAsync($"{Recipients} select");
            await page.Page.SelectAsync($"{Recipients} select", "1");
            await page.Page.WaitForFunctionAsync("() => location.search.includes('recipients=Skipped')");
            await page.Page.SelectAsync(".by-group select", "1");
            await page.Page.WaitForFunctionAsync("() => location.search.includes('by=Segments')");
        }),
        ["workflows: order"] = new("/{Account}/workflows", At("/demo/workflows"), page => SortAsync(page, 1)),
        ["workflow: a node, an edit"] = new("/{Account}/workflows/new", At("/demo/workflows/new"), async page =>
        {
            await page.ClickAsync(".picture a[href$='node=austria']");
            await page.SeeAsync(".yaml-mark");
            await AnswerAsync(page, "[id='setting-add_tag.tag']", "VIP");
            await page.Page.WaitForFunctionAsync("() => sessionStorage.length > 0");
        }),
        ["workflow: a contact on its way"] = new("/{Account}/workflows/{Id:guid}", Of("/demo/workflows", "Route hot leads"), async page =>
        {
            await AnswerAsync(page, "#simulated", "7");
            await page.ClickAsync(".simulate");
            await page.SeeAsync(".simulation [role=status]");
        }),
        ["tags: search, order, a name"] = new("/{Account}/tags", At("/demo/tags"), async page =>
        {
            await AnswerAsync(page, "#search", "e");
            await page.Page.WaitForFunctionAsync("() => location.search.includes('search=e')");
            await SortAsync(page, 1);
            await AnswerAsync(page, "input[name=new-tag]", "Not yet");
            await page.Page.WaitForFunctionAsync("() => location.search.includes('new=Not')");
        }),
        ["tag: a merge looked at, an edit"] = new("/{Account}/tags/{Id:int}", At("/demo/tags/1"), async page =>
        {
            await page.Page.SelectAsync("section[aria-labelledby=what-if] select", "1");
            await page.Page.WaitForFunctionAsync("() => location.search.includes('into=')");
            await page.ClickAsync(".what-if");
            await page.SeeAsync(".do-change");
            await AnswerAsync(page, "textarea[name=tag-when]", "After the second meeting.");
            await page.Page.WaitForFunctionAsync("() => sessionStorage.length > 0");
        }),
        ["imports: how a file is read"] = new("/{Account}/imports", At("/demo/imports"), async page =>
        {
            await page.Page.SelectAsync(".toolbar select", "1");
            await AnswerAsync(page, "#key", "customer");
            await AnswerAsync(page, "#import-tags", "labels");
            await page.Page.WaitForFunctionAsync("() => ['from', 'key', 'tags'].every(name => new URLSearchParams(location.search).has(name))");
        }),
        ["inbox: an address, a message"] = new("/{Account}/inbox", At("/demo/inbox"), async page =>
        {
            var to = await page.TextAsync(".messages a .quiet");
            await AnswerAsync(page, "#inbox-to", to.Trim());
            await page.Page.WaitForFunctionAsync("() => location.search.includes('to=')");
            await page.ClickAsync(".messages a");
            await page.SeeAsync(".message");
        }),
    };

    private static Func<BrowserPage, ConsoleServer, Task> At(string path) => (page, _) => page.GoAsync(path);

    private static Func<BrowserPage, ConsoleServer, Task> Of(string list, string name) => async (page, _) =>
    {
        await page.GoAsync(list);
        await page.SeeAsync("tbody a");
        await page.GoAsync(await page.Page.EvaluateFunctionAsync<string>("name => [...document.querySelectorAll('tbody a')].find(a => a.textContent === name).getAttribute('href')", name));
    };

    private static async Task OverlapAsync(BrowserPage page, ConsoleServer console)
    {
        using var channel = GrpcChannel.ForAddress(console.Segments);
        var segments = new SegmentService.SegmentServiceClient(channel);
        foreach (var filter in new[] { "has tag \"VIP\"", "country = \"AT\"" })
            await segments.CreateSegmentAsync(new() { Account = "demo", Segment = new() { Name = $"Overlap {Guid.NewGuid():N}" }, Text = filter });
        await page.GoAsync("/demo/segments/overlap");
    }

    // A segment of its own, with two versions.
    private static async Task VersionsAsync(BrowserPage page, ConsoleServer console)
    {
        using var channel = GrpcChannel.ForAddress(console.Segments);
        var segments = new SegmentService.SegmentServiceClient(channel);
        var segment = (await segments.CreateSegmentAsync(new() { Account = "demo", Segment = new() { Name = $"Versions {Guid.NewGuid():N}" }, Text = "country = \"AT\"" })).Segment;
        await segments.UpdateSegmentAsync(new() { Account = "demo", SegmentId = segment.SegmentId, Text = "country = \"DE\"", Version = segment.Version });
        await page.GoAsync($"/demo/segments/{segment.SegmentId}");
        await page.SeeAsync(".compare");
    }

    // A contact of its own, with more events than a page of its timeline has.
    private static async Task BusyContactAsync(BrowserPage page, ConsoleServer console)
    {
        using var channel = GrpcChannel.ForAddress(console.Tags);
        var contacts = new Crm.Contacts.V1.ContactService.ContactServiceClient(channel);
        var contact = (await contacts.CreateContactAsync(new() { Account = "demo", Contact = new() { FirstName = "Busy" } })).Contact;
        for (var i = 0; i < 60; i++)
            await contacts.UpdateContactAsync(new() { Account = "demo", Contact = new() { ContactId = contact.ContactId, FirstName = $"Busy {i}" } });

        await page.GoAsync($"/demo/contacts/{contact.ContactId}");
    }

    private static async Task AnswerAsync(BrowserPage page, string box, string text)
    {
        await page.WriteAsync(box, text);
        await page.Page.Keyboard.PressAsync("Tab");
    }

    private static async Task SortAsync(BrowserPage page, int column)
    {
        await page.SeeAsync("tbody a");
        await page.ClickAsync($"thead th:nth-child({column}) .rz-column-title");
        await page.Page.WaitForFunctionAsync("() => new URLSearchParams(location.search).has('sort')");
    }
}
