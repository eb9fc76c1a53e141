using System.Text.Json;
using Crm.Tags.V1;
using TagSegments.WebConsole.Calls;

namespace TagSegments.WebConsole.Pages.Workflows;

/// <summary>An example to begin with. It can be saved as it is, because it names tags that there are.</summary>
internal sealed class WorkflowExample(Caller caller, string account)
{
    public async Task<string> WriteAsync(CancellationToken ct)
    {
        var request = new ListTagsRequest { Account = account, OrderBy = ListTagsRequest.Types.OrderBy.ContactCount, PageSize = 3 };
        var tags = (await caller.CallAsync((to, options) => to.Tags.ListTagsAsync(request, options), ct)).Tags;
        var names = Enumerable.Range(0, 3).Select(i => JsonSerializer.Serialize(i < tags.Count ? tags[i].Name : $"Tag {i + 1}")).ToList();
        return $$"""
            name: Welcome
            triggers:
              - tag: { change: added, tags: [{{names[0]}}] }
            nodes:
              - id: where
                branch:
                  branches:
                    - name: Austria
                      when: 'country = "AT"'
                      next: austria
                  otherwise: elsewhere
              - id: austria
                add_tag: { tag: {{names[1]}} }
              - id: elsewhere
                add_tag: { tag: {{names[2]}} }
            """;
    }
}
