using Crm.Campaigns.V1;
using Crm.Workflows.V1;

namespace TagSegments.Workflows.Definitions;

/// <summary>Asks the campaign service whether the e-mails of a definition to the team would be sent: their addresses must be confirmed.</summary>
internal sealed class NoticeChecks(TeamService.TeamServiceClient team)
{
    /// <summary>Reports every address that is not confirmed, with the path and the name of its node.</summary>
    public async Task CheckAsync(AccountInfo account, Definition definition, Faults faults, CancellationToken ct)
    {
        var nodes = definition.Nodes.Index().Where(node => node.Item.Notify is { Email.Length: > 0 }).ToList();
        if (nodes.Count == 0)
        {
            return;
        }

        // One call for all: a definition has up to 1,000 of them.
        var request = new CheckTeamAddressesRequest { Account = account.Name, Addresses = { nodes.Select(node => node.Item.Notify.Email) } };
        foreach (var unconfirmed in (await team.CheckTeamAddressesAsync(request, cancellationToken: ct)).Unconfirmed)
        {
            var (position, node) = nodes[unconfirmed];
            faults.Add(
                $"nodes[{position}].notify.email",
                $"\"{node.Id}\" notifies somebody who is not a confirmed team address of the account. Add the address with AddTeamAddress; its owner then confirms it.");
        }
    }
}
