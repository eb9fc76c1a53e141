using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Activity.V1;
using Crm.Common.V1;
using Spectre.Console;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Suppressions;

/// <summary>Commands about suppressed addresses.</summary>
internal static class SuppressionCommands
{
    /// <summary>`suppressions`.</summary>
    public static Command Build() => new("suppressions", "The suppression list: addresses that receive no messages.")
    {
        List(), Add(), SuppressionImport.Import(), Remove(),
    };

    private static Command List()
    {
        var channel = ChannelOption();
        var search = Options.Text("--search", "Only addresses that contain this text.");
        var limit = Options.Limit(1000);
        var command = new Command("list", "Lists the suppressed addresses with their reasons.") { channel, search, limit };
        return command.Runs(async (session, ct) =>
        {
            var request = new ListSuppressionsRequest
            {
                Account = session.RequireAccount(),
                Channel = ChannelOf(session, channel),
                Search = session.Get(search) ?? "",
            };
            var found = await Pages.FirstAsync(request, session.Get(limit), r => session.Services.Activities.ListSuppressionsAsync(r, cancellationToken: ct), page => page.Suppressions);
            session.Report.Write(found, () => ListView(found));
            if (found.NextPageToken is not "")
                session.Report.Note($"There are more than {found.Suppressions.Count}; raise --limit.");
        });
    }

    private static Table ListView(ListSuppressionsResponse found) => Report.Table(
        found.Suppressions,
        ("address", s => s.Address), ("reason", s => s.Reason.ToString()), ("source", s => s.Source),
        ("since", s => s.CreateTime));

    private static Command Add()
    {
        var address = new Argument<string>("address") { Description = "The e-mail address, domain of addresses or phone number." };
        var channel = ChannelOption();
        var reason = ReasonOption();
        var source = Options.Text("--source", "Where it comes from.");
        var command = new Command("add", "Adds an address to the list. Messages to it that have not left yet are skipped.") { address, channel, reason, source };
        return command.Runs(async (session, ct) =>
        {
            var request = new AddSuppressionRequest
            {
                Account = session.RequireAccount(),
                Suppression = new()
                {
                    Channel = ChannelOf(session, channel),
                    Address = session.Get(address),
                    Reason = ReasonOf(session, reason),
                    Source = session.Get(source) ?? "",
                },
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Activities.AddSuppressionAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"{answer.Suppression.Address} receives no more messages ({answer.Suppression.Reason.ToString().ToLowerInvariant()}); {answer.SkippedMessages} waiting messages are skipped.");
        });
    }

    private static Command Remove()
    {
        var address = new Argument<string>("address") { Description = "The e-mail address or phone number." };
        var channel = ChannelOption();
        var proof = new Option<string>("--proof") { Description = "How the owner's new consent is proven; kept.", HelpName = "text", Required = true };
        var command = new Command("remove", "Removes an address from the list because its owner asked for it.") { address, channel, proof };
        return command.Runs(async (session, ct) =>
        {
            var request = new RemoveSuppressionRequest
            {
                Account = session.RequireAccount(),
                Channel = ChannelOf(session, channel),
                Address = session.Get(address),
                Proof = session.Get(proof)!,
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Activities.RemoveSuppressionAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"{answer.Suppression.Address} can receive messages again; the proof is kept.");
        });
    }

    /// <summary>Creates the option --reason.</summary>
    public static Option<string> ReasonOption() =>
        new Option<string>("--reason") { Description = "Why. Defaults to manual.", HelpName = "reason", DefaultValueFactory = _ => "manual" }
            .AcceptOnlyFrom("bounced", "complained", "unsubscribed", "manual");

    /// <summary>Gets the reason that an option names.</summary>
    public static Suppression.Types.Reason ReasonOf(Session session, Option<string> reason) =>
        Enum.Parse<Suppression.Types.Reason>(session.Get(reason)!, ignoreCase: true);

    /// <summary>Creates the option --channel.</summary>
    public static Option<string> ChannelOption() =>
        new Option<string>("--channel") { Description = "email or sms. Defaults to email.", HelpName = "channel" }.AcceptOnlyFrom("email", "sms");

    /// <summary>Gets the channel that an option names.</summary>
    public static Channel ChannelOf(Session session, Option<string> channel) =>
        session.Get(channel) is "sms" ? Crm.Common.V1.Channel.Sms : Crm.Common.V1.Channel.Email;
}
