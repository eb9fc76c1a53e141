using System.Globalization;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.ServiceDefaults;
using TagSegments.Workflows.Execution;

namespace TagSegments.Workflows.Runs;

/// <summary>Walks a definition for a contact without doing anything, and tells why it goes where it goes.</summary>
internal sealed class Simulator(
    SegmentService.SegmentServiceClient segments,
    ContactService.ContactServiceClient contacts,
    TagService.TagServiceClient tags,
    TimeProvider time)
{
    private const int MaxSteps = 1_000;

    public async Task<SimulateWorkflowResponse> RunAsync(AccountInfo account, Definition definition, int contactId, CancellationToken ct)
    {
        var response = new SimulateWorkflowResponse();
        var contact = await ContactAsync(account, contactId, ct);
        var holds = await TagsOfAsync(account, contactId, ct);
        var nodes = definition.Nodes.ToDictionary(node => node.Id);
        var now = time.GetUtcNow();
        for (var id = definition.Nodes[0].Id; id.Length > 0;)
        {
            if (response.Steps.Count == MaxSteps)
            {
                response.Ending = "stopped after 1,000 steps";
                return response;
            }

            var node = nodes[id];
            var step = new SimulatedStep { NodeId = id, Action = NodeText.Of(node), Time = Timestamp.FromDateTimeOffset(now) };
            response.Steps.Add(step);
            id = node.Next;
            switch (node.ActionCase)
            {
                case Node.ActionOneofCase.Branch:
                    id = await BranchAsync(account, node.Branch, contactId, step, ct);
                    break;
                case Node.ActionOneofCase.Wait:
                    now += WaitTime.Of(node.Wait, account, contact.TimeZone, now.UtcDateTime) ?? TimeSpan.Zero;
                    step.Detail = await WaitAsync(account, node.Wait, contactId, now, step, ct);
                    break;
                case Node.ActionOneofCase.SendMessage:
                    var address = node.SendMessage.Channel is Channel.Sms ? contact.Phone : contact.Email;
                    step.Detail = address.Length > 0 ? $"to {address}, if consent allows it" : "not sent: the contact has no address";
                    break;
                case Node.ActionOneofCase.AddTag:
                    step.Detail = holds.Add(node.AddTag.TagId) ? "" : "the contact has the tag already";
                    break;
                case Node.ActionOneofCase.RemoveTag:
                    step.Detail = holds.Remove(node.RemoveTag.TagId) ? "" : "the contact does not have the tag";
                    break;
            }
        }

        response.Ending = "completed";
        return response;
    }

    private async Task<Contact> ContactAsync(AccountInfo account, int contactId, CancellationToken ct)
    {
        var response = await contacts.GetContactAsync(new() { Account = account.Name, ContactId = contactId }, cancellationToken: ct);
        return response.Contact.DeleteTime is null
            ? response.Contact
            : throw RpcErrors.NotFound("contact", contactId.ToString(CultureInfo.InvariantCulture));
    }

    private async Task<HashSet<int>> TagsOfAsync(AccountInfo account, int contactId, CancellationToken ct)
    {
        var response = await tags.BatchGetContactTagsAsync(new() { Account = account.Name, ContactIds = { contactId } }, cancellationToken: ct);
        return [.. response.Contacts[0].Tags.Select(tag => tag.TagId)];
    }

    private async Task<string> WaitAsync(
        AccountInfo account, WaitAction action, int contactId, DateTimeOffset end, SimulatedStep step, CancellationToken ct)
    {
        if (action.Until is not { } until)
        {
            return string.Create(CultureInfo.InvariantCulture, $"until {end:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        }

        var explained = await ExplainAsync(account, until.Condition, contactId, step, ct);
        return explained ? "the condition is met now" : "the condition is not met now; taken as met later";
    }

    private async Task<bool> ExplainAsync(AccountInfo account, Condition condition, int contactId, SimulatedStep step, CancellationToken ct)
    {
        var explained = await segments.ExplainContactAsync(
            new() { Account = account.Name, Source = new() { Filter = condition.Filter }, ContactId = contactId }, cancellationToken: ct);
        step.Explanations.Add(explained.Explanation);
        return explained.Matches;
    }

    private async Task<string> BranchAsync(AccountInfo account, BranchAction action, int contactId, SimulatedStep step, CancellationToken ct)
    {
        foreach (var branch in action.Branches)
        {
            if (await ExplainAsync(account, branch.When, contactId, step, ct))
            {
                step.Detail = $"{(branch.Name.Length > 0 ? branch.Name : $"branch {step.Explanations.Count}")}: {branch.When.Text}";
                return branch.Next;
            }
        }

        step.Detail = "otherwise: no condition is met";
        return action.Otherwise;
    }
}
