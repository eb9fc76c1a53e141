using System.Globalization;
using Crm.Campaigns.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.Lanes;
using TagSegments.Campaigns.Messages;
using TagSegments.Campaigns.Schema;
using TagSegments.Campaigns.Senders;
using TagSegments.Campaigns.Tracking;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Team;

/// <summary>The calls about team addresses.</summary>
internal sealed class TeamAddressApi(CallTools tools, TeamAddressStore addresses, SenderOptions options, TrackingLinks links, MessagePump pump)
    : TeamService.TeamServiceBase
{
    public override async Task<AddTeamAddressResponse> AddTeamAddress(AddTeamAddressRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var (channel, address) = Read(request.Channel, request.Address);
        var isConfirmed = options.NeedsNoProof
            || (channel == Channel.Email && context.VerifiedEmail() is { } own && Address.Key(channel, own) == Address.Key(channel, address));
        var response = await tools.Writes.RunAsync(account, context, request, async tx =>
        {
            var row = await TeamAddressStore.AddAsync(tx, account, channel, address, isConfirmed, ct);
            return row.ConfirmedAt is not null || await TeamMessages.WasAskedAsync(tx, account.Id, channel, address, ct)
                ? new AddTeamAddressResponse { Address = row.ToTeamAddress() }
                : await AskAsync(tx, account, row, ct);
        });
        pump.Wake();
        return response;
    }

    public override async Task<ListTeamAddressesResponse> ListTeamAddresses(ListTeamAddressesRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var size = PageSize.Read(request.PageSize);
        var after = tools.Pages.Read(request)?.Split(' ', 2);
        var channel = after is null ? (short)0 : short.Parse(after[0], CultureInfo.InvariantCulture);
        var rows = await addresses.ListAsync(account.Id, channel, after?[1] ?? "", size + 1, ct);
        var response = new ListTeamAddressesResponse { Addresses = { rows.Take(size).Select(row => row.ToTeamAddress()) } };
        if (rows.Count > size)
        {
            var last = rows[size - 1];
            response.NextPageToken = tools.Pages.Create(request, string.Create(CultureInfo.InvariantCulture, $"{last.Channel} {last.AddressKey}"));
        }

        return response;
    }

    public override async Task<RemoveTeamAddressResponse> RemoveTeamAddress(RemoveTeamAddressRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var (channel, address) = Read(request.Channel, request.Address);
        return await tools.Writes.RunAsync(account, context, request, async tx =>
            await TeamAddressStore.RemoveAsync(tx, account.Id, channel, address, ct)
                ? new RemoveTeamAddressResponse()
                : throw RpcErrors.NotFound("team address", address));
    }

    // The text is ours, and of the account's words it has its name only: what is sent to strangers must be worth nothing to spammers.
    private async Task<AddTeamAddressResponse> AskAsync(NpgsqlTransaction tx, AccountInfo account, TeamAddressRow row, CancellationToken ct)
    {
        await TeamMessages.RequireRoomAsync(tx, account, 1, ct);
        var channel = (Channel)row.Channel;
        var link = links.Confirm(new TrackingTarget(account.Id, row.AddressId, 0, channel));
        var text = $"The account {account.Name} wants to send test messages and notices to this address. To allow it, open this link within 7 days:\n\n{link}\n\nOtherwise nothing more is sent.";
        var message = new Message { Subject = channel == Channel.Email ? "Please confirm your address" : "", Text = text };
        var sent = new NewMessage(Guid.CreateVersion7(), MessageKind.Confirmation, channel, message);
        await TeamMessages.AddAsync(tx, account, sent, row.Address, contactId: 0, ct);
        var asked = await TeamAddressStore.AskAsync(tx, account.Id, row, ct);
        return new AddTeamAddressResponse { Address = asked.ToTeamAddress(), MessageId = sent.MessageId.ToString() };
    }

    private static (Channel Channel, string Address) Read(Channel channel, string address)
    {
        channel = channel.OrEmail();
        new FieldChecks()
            .Require(Enum.IsDefined(channel), "channel", "is not a channel")
            .Require(Address.IsValid(channel, address), "address", "is not an address of the channel")
            .ThrowIfAny();
        return (channel, address.Trim());
    }
}
