using System.CommandLine;
using Crm.Activity.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`suppressions add`.</summary>
internal static class SuppressionsAdd
{
    public static Command Create()
    {
        var address = new Argument<string>("address") { Description = "The e-mail address or phone number." };
        var channel = SuppressionOptions.Channel();
        var reason = new Option<string>("--reason") { Description = "Why. Defaults to manual.", HelpName = "reason", DefaultValueFactory = _ => "manual" }
            .AcceptOnlyFrom("bounced", "complained", "unsubscribed", "manual");
        var source = new Option<string>("--source") { Description = "Where it comes from.", HelpName = "text" };
        var command = new Command("add", "Puts an address on the list. Messages to it that have not left yet are skipped.") { address, channel, reason, source };
        return command.Runs(async (session, ct) =>
        {
            var request = new AddSuppressionRequest
            {
                Account = session.RequireAccount(),
                Suppression = new()
                {
                    Channel = SuppressionOptions.Read(session, channel),
                    Address = session.Get(address),
                    Reason = Enum.Parse<Suppression.Types.Reason>(session.Get(reason)!, ignoreCase: true),
                    Source = session.Get(source) ?? "",
                },
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Activities.AddSuppressionAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"{answer.Suppression.Address} gets nothing any more ({answer.Suppression.Reason.ToString().ToLowerInvariant()}); {answer.SkippedMessages} waiting messages are skipped.");
        });
    }
}
