using System.Text;
using Crm.Common.V1;
using Crm.Segments.V1;
using Crm.Workflows.V1;

namespace TagSegments.Workflows.Definitions;

/// <summary>Checks the action of a node.</summary>
internal static class NodeCheck
{
    private const int MaxTextBytes = 64 * 1024;

    public static void Check(Node node, string path, Faults faults)
    {
        faults.Require(
            node.Next.Length == 0 || NodeFacts.Of(node).Ways.Any(way => way.Field == "next"), $"{path}.next", "is not for this kind of node");
        switch (node.ActionCase)
        {
            case Node.ActionOneofCase.AddTag:
                CheckTag(node.AddTag, $"{path}.add_tag", faults);
                break;
            case Node.ActionOneofCase.RemoveTag:
                CheckTag(node.RemoveTag, $"{path}.remove_tag", faults);
                break;
            case Node.ActionOneofCase.SetField:
                faults.Require(node.SetField.Field.Length > 0, $"{path}.set_field.field", "is required");
                CheckText(node.SetField.Value, $"{path}.set_field.value", faults);
                break;
            case Node.ActionOneofCase.MoveOpportunity:
                CheckMove(node.MoveOpportunity, $"{path}.move_opportunity", faults);
                break;
            case Node.ActionOneofCase.SendMessage:
                CheckMessage(node.SendMessage, $"{path}.send_message", faults);
                break;
            case Node.ActionOneofCase.Notify:
                CheckNotify(node.Notify, $"{path}.notify", faults);
                break;
            case Node.ActionOneofCase.Wait:
                CheckWait(node.Wait, $"{path}.wait", faults);
                break;
            case Node.ActionOneofCase.Branch:
                CheckBranch(node.Branch, $"{path}.branch", faults);
                break;
            case Node.ActionOneofCase.GoToWorkflow:
                var target = node.GoToWorkflow;
                faults.Require(target.WorkflowId.Length + target.Workflow.Length > 0, $"{path}.go_to_workflow", "needs a workflow");
                break;
            case Node.ActionOneofCase.End:
                break;
            default:
                faults.Require(false, path, "needs an action");
                break;
        }
    }

    private static void CheckTag(TagAction action, string path, Faults faults) =>
        faults.Require(action.TagId > 0 || action.Tag.Length > 0, path, "needs a tag");

    private static void CheckMove(MoveOpportunityAction action, string path, Faults faults)
    {
        faults.Require(
            action.StageId > 0 || (action.Pipeline.Length > 0 && action.Stage.Length > 0), path, "needs a stage_id, or pipeline and stage");
        faults.Require(action.CreateName.Length <= 200, $"{path}.create_name", "is longer than 200 characters");
    }

    private static void CheckMessage(SendMessageAction action, string path, Faults faults)
    {
        var email = action.Channel is Channel.Email or Channel.Unspecified;
        faults.Require(Enum.IsDefined(action.Channel), $"{path}.channel", "is not a channel");
        faults.Require(!email || action.Subject.Length > 0, $"{path}.subject", "is required for e-mail");
        faults.Require(email || (action.Subject.Length == 0 && action.Html.Length == 0), path, "must have only text for a text message");
        faults.Require(action.Text.Length > 0 || (email && action.Html.Length > 0), $"{path}.text", "is required");
        CheckText(action.Text, $"{path}.text", faults);
        CheckText(action.Html, $"{path}.html", faults);
    }

    private static void CheckNotify(NotifyAction action, string path, Faults faults)
    {
        faults.Require((action.WebhookUrl.Length > 0) != (action.Email.Length > 0), path, "needs exactly one of webhook_url and email");
        faults.Require(action.Message.Length <= 2_000, $"{path}.message", "is longer than 2,000 characters");
    }

    private static void CheckWait(WaitAction action, string path, Faults faults)
    {
        switch (action.KindCase)
        {
            case WaitAction.KindOneofCase.Period:
                CheckPeriod(action.Period, $"{path}.period", faults);
                break;
            case WaitAction.KindOneofCase.TimeOfDay:
                var time = action.TimeOfDay;
                faults.Require(WaitTime.TryReadTime(time.Time, out _), $"{path}.time_of_day.time", "must be a time such as 09:30");
                faults.Require(time.Weekdays.All(day => day is >= 1 and <= 7), $"{path}.time_of_day.weekdays", "must be 1 (Monday) to 7 (Sunday)");
                faults.Require(WaitTime.IsZone(time.Zone), $"{path}.time_of_day.zone", "is not an IANA time zone");
                break;
            case WaitAction.KindOneofCase.Moment:
                faults.Require(WaitTime.TryReadMoment(action.Moment.Time, out _), $"{path}.moment.time", "must be a day and time such as 2026-12-24T09:30");
                faults.Require(WaitTime.IsZone(action.Moment.Zone), $"{path}.moment.zone", "is not an IANA time zone");
                break;
            case WaitAction.KindOneofCase.Until:
                CheckCondition(action.Until.Condition, $"{path}.until.condition", faults);
                if (action.Until.Timeout is { } timeout)
                {
                    CheckPeriod(timeout, $"{path}.until.timeout", faults);
                }

                break;
            default:
                faults.Add(path, "needs a period, time_of_day, moment or until");
                break;
        }
    }

    private static void CheckPeriod(Period period, string path, Faults faults)
    {
        faults.Require(period.Count is >= 1 and <= 100_000, $"{path}.count", "must be 1 to 100,000");
        faults.Require(period.Unit is not TimeUnit.Unspecified && Enum.IsDefined(period.Unit), $"{path}.unit", "is required");
    }

    private static void CheckBranch(BranchAction action, string path, Faults faults)
    {
        for (var i = 0; i < action.Branches.Count; i++)
        {
            var branch = action.Branches[i];
            CheckCondition(branch.When, $"{path}.branches[{i}].when", faults);
            faults.Require(branch.Name.Length <= 100, $"{path}.branches[{i}].name", "is longer than 100 characters");
        }
    }

    /// <summary>Checks that a condition is given in one of its forms.</summary>
    public static void CheckCondition(Condition? condition, string path, Faults faults) =>
        faults.Require(condition is not null && (condition.Filter is not null || condition.Text.Length > 0), path, "is required");

    private static void CheckText(string text, string path, Faults faults) =>
        faults.Require(Encoding.UTF8.GetByteCount(text) <= MaxTextBytes, path, "is longer than 65,536 bytes");
}
