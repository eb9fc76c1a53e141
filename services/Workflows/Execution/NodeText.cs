using Crm.Common.V1;
using Crm.Workflows.V1;
using TagSegments.Workflows.Yaml;

namespace TagSegments.Workflows.Execution;

/// <summary>Says in words what a node does, for histories and simulations.</summary>
internal static class NodeText
{
    public static string Of(Node node) => node.ActionCase switch
    {
        Node.ActionOneofCase.AddTag => $"add tag \"{node.AddTag.Tag}\"",
        Node.ActionOneofCase.RemoveTag => $"remove tag \"{node.RemoveTag.Tag}\"",
        Node.ActionOneofCase.SetField when node.SetField.Value.Length == 0 => $"clear {node.SetField.Field}",
        Node.ActionOneofCase.SetField => $"set {node.SetField.Field} to \"{node.SetField.Value}\"",
        Node.ActionOneofCase.MoveOpportunity => $"move opportunity to \"{node.MoveOpportunity.Stage}\" of \"{node.MoveOpportunity.Pipeline}\"",
        Node.ActionOneofCase.SendMessage when node.SendMessage.Channel is Channel.Sms => "send text message",
        Node.ActionOneofCase.SendMessage => $"send e-mail \"{node.SendMessage.Subject}\"",
        Node.ActionOneofCase.Notify => $"notify {node.Notify.WebhookUrl}{node.Notify.Email}",
        Node.ActionOneofCase.Wait => Wait(node.Wait),
        Node.ActionOneofCase.Branch => string.Join(" / ", node.Branch.Branches.Select(branch => $"if {branch.When.Text}")),
        Node.ActionOneofCase.GoToWorkflow => $"go to workflow \"{node.GoToWorkflow.Workflow}\"",
        Node.ActionOneofCase.End => "end",
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private static string Wait(WaitAction action) => action switch
    {
        { Period: { } period } => $"wait {YamlWords.WritePeriod(period)}",
        { TimeOfDay: { } time } => $"wait until {time.Time}",
        { Moment: { } moment } => $"wait until {moment.Time}",
        { Until: { Timeout: { } timeout } until } => $"wait until {until.Condition.Text}, at most {YamlWords.WritePeriod(timeout)}",
        _ => $"wait until {action.Until.Condition.Text}",
    };
}
