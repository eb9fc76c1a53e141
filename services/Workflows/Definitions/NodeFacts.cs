using Crm.Common.V1;
using Crm.Workflows.V1;

namespace TagSegments.Workflows.Definitions;

/// <summary>The facts about each kind of node. A new kind gets its arm here, and the compiler asks for it.</summary>
internal sealed class NodeFacts
{
    // One call answers for all runs.
    private const int Many = 1_000;

    // Each run takes its time.
    private const int Few = 10;

    private NodeFacts(Node node, string text) => (Text, Ways) = (text, [("next", node.Next)]);

    /// <summary>The effect of the node in words, for histories and simulations.</summary>
    public string Text { get; }

    /// <summary>The ways out of the node: the path of the field that names each and the node it leads to, empty for the end.</summary>
    public IReadOnlyList<(string Field, string Target)> Ways { get; private init; }

    /// <summary>How many runs go through the node together.</summary>
    public int GroupSize { get; private init; } = 100;

    /// <summary>Whether the node changes something of the contact, so that later events may follow from it.</summary>
    public bool ChangesContact { get; private init; } = true;

    public static NodeFacts Of(Node node) => node.ActionCase switch
    {
        Node.ActionOneofCase.AddTag => new(node, $"add tag \"{node.AddTag.Tag}\""),
        Node.ActionOneofCase.RemoveTag => new(node, $"remove tag \"{node.RemoveTag.Tag}\""),
        Node.ActionOneofCase.SetField => new(node, TextOf(node.SetField)),
        Node.ActionOneofCase.MoveOpportunity => new(
            node, $"move opportunity to \"{node.MoveOpportunity.Stage}\" of \"{node.MoveOpportunity.Pipeline}\""),
        Node.ActionOneofCase.SendMessage => new(node, TextOf(node.SendMessage)) { GroupSize = Few },
        Node.ActionOneofCase.Notify => new(node, $"notify {node.Notify.WebhookUrl}{node.Notify.Email}") { GroupSize = Few, ChangesContact = false },
        Node.ActionOneofCase.Wait => new(node, TextOf(node.Wait)) { Ways = WaysOf(node, node.Wait), GroupSize = Many, ChangesContact = false },
        Node.ActionOneofCase.Branch => new(node, TextOf(node.Branch)) { Ways = WaysOf(node.Branch), GroupSize = Many, ChangesContact = false },
        Node.ActionOneofCase.GoToWorkflow => new(node, $"go to workflow \"{node.GoToWorkflow.Workflow}\"") { Ways = [] },
        Node.ActionOneofCase.End => new(node, "end") { Ways = [], GroupSize = Many, ChangesContact = false },
        // A draft that is not checked yet.
        Node.ActionOneofCase.None => new(node, ""),
    };

    private static string TextOf(SetFieldAction action) =>
        action.Value.Length == 0 ? $"clear {action.Field}" : $"set {action.Field} to \"{action.Value}\"";

    private static string TextOf(SendMessageAction action) =>
        action.Channel is Channel.Sms ? "send text message" : $"send e-mail \"{action.Subject}\"";

    // The exits of drafts are read before drafts are checked, so conditions may be missing.
    private static string TextOf(BranchAction action) => string.Join(" / ", action.Branches.Select(branch => $"if {branch.When?.Text}"));

    private static string TextOf(WaitAction action) => action switch
    {
        { Period: { } period } => $"wait {FieldWords.WritePeriod(period)}",
        { TimeOfDay: { } time } => $"wait until {time.Time}",
        { Moment: { } moment } => $"wait until {moment.Time}",
        { Until: { Timeout: { } timeout } until } => $"wait until {until.Condition?.Text}, at most {FieldWords.WritePeriod(timeout)}",
        _ => $"wait until {action.Until?.Condition?.Text}",
    };

    private static IReadOnlyList<(string Field, string Target)> WaysOf(Node node, WaitAction action) => action.Until is { } until
        ? [("next", node.Next), ("wait.until.on_timeout", until.OnTimeout)]
        : [("next", node.Next)];

    private static IReadOnlyList<(string Field, string Target)> WaysOf(BranchAction action) =>
    [
        .. action.Branches.Select((branch, i) => ($"branch.branches[{i}].next", branch.Next)),
        ("branch.otherwise", action.Otherwise),
    ];
}
