using System.CommandLine;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands.Senders;

/// <summary>Commands about the addresses of people who work with an account.</summary>
internal static class TeamCommands
{
    /// <summary>`team`.</summary>
    public static Command Build() => new("team", "The addresses that test messages and notices may go to.")
    {
        List(), Add(), Remove(),
    };

    private static Command List()
    {
        var command = new Command("list", "Lists the addresses of the team.");
        return command.Runs(async (session, ct) =>
        {
            var request = new ListTeamAddressesRequest { Account = session.RequireAccount() };
            var all = await Pages.AllAsync(request, r => session.Services.Team.ListTeamAddressesAsync(r, cancellationToken: ct), page => page.Addresses);
            session.Report.Write(all, () => Report.Table(
                all.Addresses,
                ("address", a => a.Address), ("channel", a => a.Channel), ("asked", a => a.AskTime), ("confirmed", a => a.ConfirmTime)));
        });
    }

    private static Command Add()
    {
        var address = AddressArgument();
        var channel = ChannelOption();
        var command = new Command("add", "Adds an address. Its owner gets a message with a link to confirm it.") { address, channel };
        return command.Runs(async (session, ct) =>
        {
            var request = new AddTeamAddressRequest
            {
                Account = session.RequireAccount(),
                Channel = ChannelOf(session, channel),
                Address = session.Get(address),
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Team.AddTeamAddressAsync(request, cancellationToken: ct);
            session.Report.Write(answer, answer.Address.ConfirmTime is not null
                ? $"{answer.Address.Address} is confirmed."
                : $"{answer.Address.Address} counts once its owner has followed the link in the message.");
        });
    }

    private static Command Remove()
    {
        var address = AddressArgument();
        var channel = ChannelOption();
        var command = new Command("remove", "Removes an address.") { address, channel };
        return command.Runs(async (session, ct) =>
        {
            var request = new RemoveTeamAddressRequest
            {
                Account = session.RequireAccount(),
                Channel = ChannelOf(session, channel),
                Address = session.Get(address),
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Team.RemoveTeamAddressAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"{request.Address} is removed.");
        });
    }

    private static Argument<string> AddressArgument() => new("address") { Description = "The e-mail address or phone number." };

    private static Option<string> ChannelOption() =>
        new Option<string>("--channel") { Description = "email or sms. Defaults to email.", HelpName = "channel" }.AcceptOnlyFrom("email", "sms");

    private static Channel ChannelOf(Session session, Option<string> channel) => session.Get(channel) is "sms" ? Channel.Sms : Channel.Email;
}
