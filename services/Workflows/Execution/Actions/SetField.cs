using Crm.Contacts.V1;
using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Execution.Actions;

/// <summary>Sets or clears a value of the contact.</summary>
internal sealed class SetField(ContactService.ContactServiceClient contacts, FieldTypes fields) : INodeAction
{
    public IReadOnlyList<Node.ActionOneofCase> Kinds => [Node.ActionOneofCase.SetField];

    public async Task<ActionOutcome> RunAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct)
    {
        var (contact, mask) = await fields.UpdateOfAsync(account, node.SetField, ct);
        contact.ContactId = run.ContactId;
        await contacts.UpdateContactAsync(
            new() { Account = account.Name, Contact = contact, UpdateMask = mask, RequestId = run.RequestId, Cause = run.Cause },
            cancellationToken: ct);
        return new("set");
    }
}
