using Crm.Campaigns.V1;
using Crm.Workflows.V1;

namespace TagSegments.Workflows.Definitions;

/// <summary>Asks the campaign service whether the messages of a definition can be sent: their limits, and templates that work.</summary>
internal sealed class MessageChecks(MessageService.MessageServiceClient messages)
{
    /// <summary>Reports what is wrong with a message, with the path and the name of its node.</summary>
    public async Task CheckAsync(AccountInfo account, Definition definition, Faults faults, CancellationToken ct)
    {
        var nodes = definition.Nodes.Index().Where(node => node.Item.SendMessage is not null).ToList();
        if (nodes.Count == 0)
        {
            return;
        }

        // One call for all: a definition has up to 1,000 of them.
        var request = new CheckMessagesRequest
        {
            Account = account.Name,
            Messages = { nodes.Select(node => new CheckedMessage { Channel = node.Item.SendMessage.Channel, Message = MessageOf(node.Item.SendMessage) }) },
        };
        foreach (var problem in (await messages.CheckMessagesAsync(request, cancellationToken: ct)).Problems)
        {
            var (position, node) = nodes[problem.Index];
            faults.Add($"nodes[{position}].send_message.{FieldOf(problem.Field)}", $"the message of \"{node.Id}\" cannot be sent: {problem.Description}");
        }
    }

    /// <summary>Makes the message that a node sends.</summary>
    public static Message MessageOf(SendMessageAction action) =>
        new() { FromAddress = action.From, Subject = action.Subject, Text = action.Text, Html = action.Html };

    private static string FieldOf(string field) => field switch
    {
        "message.from_address" => "from",
        _ => field.Replace("message.", "", StringComparison.Ordinal),
    };
}
