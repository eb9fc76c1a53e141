using System.Globalization;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Runs;

/// <summary>Walks a definition for a contact without doing anything, and explains each step.</summary>
internal sealed class Simulator(
    SegmentService.SegmentServiceClient segments,
    ContactService.ContactServiceClient contacts,
    TagService.TagServiceClient tags,
    SegmentFilters filters,
    TimeProvider time)
{
    private const int MaxSteps = 1_000;

    public async Task<SimulateWorkflowResponse> RunAsync(AccountInfo account, Definition definition, int contactId, CancellationToken ct)
    {
        var response = new SimulateWorkflowResponse();
        var contact = await ContactAsync(account, contactId, ct);
        var effects = new SimulatedEffects(
            await TagsOfAsync(account, contactId, ct), await filters.OfConditionsAsync(account, definition, ct));
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
            var step = new SimulatedStep { NodeId = id, Action = NodeFacts.Of(node).Text, Time = Timestamp.FromDateTimeOffset(now) };
            response.Steps.Add(step);
            id = node.Next;
            switch (node.ActionCase)
            {
                case Node.ActionOneofCase.Branch:
                    id = await BranchAsync(account, node.Branch, contactId, effects, step, ct);
                    break;
                case Node.ActionOneofCase.Wait:
                    now += WaitTime.Of(node.Wait, account, contact.TimeZone, now.UtcDateTime) ?? TimeSpan.Zero;
                    step.Detail = await WaitAsync(account, node.Wait, contactId, effects, now, step, ct);
                    break;
                case Node.ActionOneofCase.SendMessage:
                    var address = node.SendMessage.Channel is Channel.Sms ? contact.Phone : contact.Email;
                    step.Detail = address.Length > 0 ? $"to {address}, if consent allows it" : "not sent: the contact has no address";
                    break;
                case Node.ActionOneofCase.AddTag:
                    step.Detail = effects.Add(node.AddTag) ? "" : "the contact has the tag already";
                    break;
                case Node.ActionOneofCase.RemoveTag:
                    step.Detail = effects.Remove(node.RemoveTag) ? "" : "the contact does not have the tag";
                    break;
            }

            effects.Pass(node);
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

    private async Task<IReadOnlyDictionary<int, string>> TagsOfAsync(AccountInfo account, int contactId, CancellationToken ct)
    {
        var response = await tags.BatchGetContactTagsAsync(new() { Account = account.Name, ContactIds = { contactId } }, cancellationToken: ct);
        return response.Contacts[0].Tags.ToDictionary(tag => tag.TagId, tag => tag.Name);
    }

    private async Task<string> WaitAsync(
        AccountInfo account, WaitAction action, int contactId, SimulatedEffects effects, DateTimeOffset end, SimulatedStep step, CancellationToken ct)
    {
        if (action.Until is not { } until)
        {
            return string.Create(CultureInfo.InvariantCulture, $"until {end:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        }

        var (matches, unseen) = await ExplainAsync(account, until.Condition, contactId, effects, step, ct);
        return (matches ? "the condition is met by then" : "the condition is not met by then; taken as met later") + Text(unseen);
    }

    private async Task<(bool Matches, IReadOnlyList<string> Unseen)> ExplainAsync(
        AccountInfo account, Condition condition, int contactId, SimulatedEffects effects, SimulatedStep step, CancellationToken ct)
    {
        var explained = await segments.ExplainContactAsync(
            new() { Account = account.Name, Source = new() { Filter = condition.Filter }, ContactId = contactId }, cancellationToken: ct);
        var unseen = effects.Apply(condition.Filter, explained.Explanation);
        step.Explanations.Add(explained.Explanation);
        return (explained.Explanation.Matches, unseen);
    }

    private async Task<string> BranchAsync(
        AccountInfo account, BranchAction action, int contactId, SimulatedEffects effects, SimulatedStep step, CancellationToken ct)
    {
        var unseen = new List<string>();
        foreach (var branch in action.Branches)
        {
            var (matches, more) = await ExplainAsync(account, branch.When, contactId, effects, step, ct);
            unseen.AddRange(more);
            if (matches)
            {
                step.Detail = $"{(branch.Name.Length > 0 ? branch.Name : $"branch {step.Explanations.Count}")}: {branch.When.Text}{Text(unseen)}";
                return branch.Next;
            }
        }

        step.Detail = $"otherwise: no condition is met{Text(unseen)}";
        return action.Otherwise;
    }

    private static string Text(IEnumerable<string> unseen)
    {
        var nodes = string.Join(", ", unseen.Distinct());
        return nodes.Length > 0 ? $"; without the effect of: {nodes}" : "";
    }
}
