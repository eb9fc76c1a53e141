using Crm.Segments.V1;
using Crm.Workflows.V1;
using Microsoft.Extensions.Localization;

namespace TagSegments.WebConsole.Pages.Workflows;

/// <summary>Says in the person's language what a node of a workflow does.</summary>
internal static class ActionTexts
{
    public static string Say(IStringLocalizer texts, Node node) => node.Wait switch
    {
        { Period: { } period } => texts["Action.WaitFor", Say(texts, period)],
        { TimeOfDay: { } time } => texts["Action.WaitUntil", time.Time],
        { Moment: { } moment } => texts["Action.WaitUntil", moment.Time.Replace('T', ' ')],
        { Until.Timeout: { } timeout } => texts["Action.WaitAtMost", Say(texts, timeout)],
        _ => texts[$"Action.{node.ActionCase}", Detail(node)],
    };

    private static string Say(IStringLocalizer texts, Period period) =>
        $"{period.Count} {texts[period.Count == 1 ? $"Unit.{period.Unit}.One" : $"Unit.{period.Unit}"]}";

    private static string Detail(Node node) => node.ActionCase switch
    {
        Node.ActionOneofCase.AddTag => node.AddTag.Tag,
        Node.ActionOneofCase.RemoveTag => node.RemoveTag.Tag,
        Node.ActionOneofCase.SetField => node.SetField.Field,
        Node.ActionOneofCase.SendMessage => node.SendMessage.Subject,
        Node.ActionOneofCase.GoToWorkflow => node.GoToWorkflow.Workflow,
        Node.ActionOneofCase.Notify => node.Notify.Email,
        _ => "",
    };
}
