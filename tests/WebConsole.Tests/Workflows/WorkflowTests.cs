using PuppeteerSharp.Input;

namespace TagSegments.WebConsole.Tests.Workflows;

/// <summary>The pages of workflows, by clicks alone: the picture and the text are one thing, and the runs are seen at the nodes.</summary>
[Collection(ConsoleCollection.Name)]
public sealed class WorkflowTests(ConsoleServer console, Browser browser) : IClassFixture<Browser>
{
    [BrowserFact]
    public async Task A_workflow_is_published_and_its_runs_are_seen_at_its_nodes()
    {
        var mark = Guid.NewGuid().ToString("N")[..8];
        await using var page = await browser.OpenAsync(console.Address);
        await page.ImportAsync($"email,tags\nfirst.{mark}@example.com,Greeted {mark};Start {mark}\n");
        await page.GoAsync("/demo/workflows/new");
        await WriteYamlAsync(page, $$"""
            name: Greeting {{mark}}
            triggers:
            - tag: { tags: ["Start {{mark}}"] }
            nodes:
            - id: greet
              next: pause
              add_tag: { tag: "Greeted {{mark}}" }
            - id: pause
              wait: { period: 3 days }
            """);
        await page.ReadAsync(".picture", "Greeted");
        await page.ClickAsync(".save-workflow");
        await page.ReadAsync(".page-head", "draft");
        await page.ClickAsync(".publish");
        await page.ReadAsync(".page-head", "published, version 1");
        var workflow = page.Page.Url;

        await page.ImportAsync($"email,tags\nsecond.{mark}@example.com,Start {mark}\n");
        await page.GoAsync(workflow);
        // mautic #4713, dittofeed #1511: no or wrong counts at the nodes.
        await page.ReadAsync(".picture", "wait 3 days");
        await page.ReadAsync(".picture", "1 went on");
        await page.ReadAsync(".picture", "1 here");
        await page.ShootAsync("workflow-runs");
        Assert.Empty(await page.FindingsAsync());

        await page.ClickAsync(".unpublish");
        await page.ReadAsync(".page-head", "stopped");
        Assert.Empty(page.Errors);
    }

    // mautic #4807, #1406: edits lost, and no way from the graph to its text.
    [BrowserFact]
    public async Task A_node_that_is_chosen_marks_its_lines_and_its_settings_write_the_text()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/workflows/new");
        await page.ClickAsync(".picture a[href$='node=austria']");
        await page.SeeAsync(".yaml-mark");
        await page.ReadAsync(".node-settings", "Lines 12 to 13");
        await page.ReadAsync(".node-settings label[for='setting-add_tag.tag']", "Tag");
        await page.ShootAsync("workflow-node");
        Assert.Empty(await page.FindingsAsync());
        await page.WriteAsync("[id='setting-add_tag.tag']", "VIP");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.ReadAsync(".picture", "add tag VIP");

        Assert.Contains("add_tag: { tag: \"VIP\" }", await page.Page.EvaluateExpressionAsync<string>("document.querySelector('.yaml textarea').value"), StringComparison.Ordinal);
        Assert.EndsWith("node=austria", page.Page.Url, StringComparison.Ordinal);
        Assert.Empty(page.Errors);
    }

    [BrowserFact]
    public async Task A_contact_is_led_along_the_path_without_doing_anything()
    {
        await using var page = await browser.OpenAsync(console.Address);
        await page.GoAsync("/demo/workflows");
        await page.PressAsync("Route hot leads");
        await page.WriteAsync("#simulated", "1");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.ClickAsync(".simulate");
        await page.ReadAsync(".simulation .steps", "where");
        await page.ReadAsync(".simulation", "End: completed");
        await using (var german = await browser.OpenAsync(console.Address, language: "de"))
        {
            await german.GoAsync(new Uri(page.Page.Url).PathAndQuery);
            await german.ReadAsync(".simulation .steps", "verzweigen");
            await german.ReadAsync(".simulation", "Ende: fertig");
        }

        await page.SeeAsync(".picture .box.taken");
        await page.SeeAsync(".picture .way.taken");
        await page.ShootAsync("workflow-simulation");

        Assert.Empty(await page.FindingsAsync());
        Assert.Empty(page.Errors);
    }

    [BrowserFact]
    public async Task A_loop_is_shown_as_its_way_and_published_only_if_it_is_wanted()
    {
        var mark = Guid.NewGuid().ToString("N")[..8];
        await using var page = await browser.OpenAsync(console.Address);
        await page.ImportAsync($"email,tags\nloop.{mark}@example.com,Ping {mark};Pong {mark}\n");
        await page.GoAsync("/demo/workflows/new");
        await WriteYamlAsync(page, $$"""
            name: Circle {{mark}}
            triggers:
            - tag: { tags: ["Ping {{mark}}"] }
            nodes:
            - id: off
              next: on
              remove_tag: { tag: "Ping {{mark}}" }
            - id: on
              add_tag: { tag: "Ping {{mark}}" }
            """);
        await page.ReadAsync(".path", $"Circle {mark}");
        await page.ClickAsync(".save-workflow");
        await page.ReadAsync(".page-head", "draft");
        await page.SeeAsync(".publish");
        await page.ShootAsync("workflow-loop");

        Assert.Equal(3, await page.Page.EvaluateExpressionAsync<int>("document.querySelectorAll('.path li').length"));
        Assert.True(await page.Page.EvaluateExpressionAsync<bool>("document.querySelector('.publish').disabled"));
        Assert.Empty(await page.FindingsAsync());
        await page.ClickAsync(".accept-loops");
        await page.ClickAsync(".publish");
        await page.ReadAsync(".page-head", "published, version 1");
        await page.ClickAsync(".unpublish");
        await page.ReadAsync(".page-head", "stopped");
        Assert.Empty(page.Errors);
    }

    private static async Task WriteYamlAsync(BrowserPage page, string yaml)
    {
        await page.Page.ClickAsync(".yaml textarea");
        await page.Page.Keyboard.DownAsync("Control");
        await page.Page.Keyboard.PressAsync("a");
        await page.Page.Keyboard.UpAsync("Control");
        await page.Page.Keyboard.TypeAsync(yaml.ReplaceLineEndings("\n"), new TypeOptions());
        await page.Page.Keyboard.PressAsync("Tab");
    }
}
