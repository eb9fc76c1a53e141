using System.CommandLine;
using Crm.Activity.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`suppressions remove`.</summary>
internal static class SuppressionsRemove
{
    public static Command Create()
    {
        var address = new Argument<string>("address") { Description = "The e-mail address or phone number." };
        var channel = SuppressionOptions.Channel();
        var proof = new Option<string>("--proof") { Description = "How the owner's new consent is proven; kept.", HelpName = "text", Required = true };
        var command = new Command("remove", "Takes an address off the list, because its owner asked for it.") { address, channel, proof };
        return command.Runs(async (session, ct) =>
        {
            var request = new RemoveSuppressionRequest
            {
                Account = session.RequireAccount(),
                Channel = SuppressionOptions.Read(session, channel),
                Address = session.Get(address),
                Proof = session.Get(proof)!,
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Activities.RemoveSuppressionAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"{answer.Suppression.Address} can get messages again; the proof is kept.");
        });
    }
}
