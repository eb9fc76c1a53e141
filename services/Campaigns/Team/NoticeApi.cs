using System.Text;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Grpc.Core;
using TagSegments.Campaigns.Lanes;
using TagSegments.Campaigns.Messages;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Team;

/// <summary>The calls by which the product tells people of the team something.</summary>
internal sealed class NoticeApi(CallTools tools, TeamAddressStore addresses, MessagePump pump) : TeamService.TeamServiceBase
{
    private const int MostChecked = 1_000;

    public override async Task<SendNoticeResponse> SendNotice(SendNoticeRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        new FieldChecks()
            .Require(Address.IsValid(Channel.Email, request.Address), "address", "is not an e-mail address")
            .Require(
                request.Subject.Length is >= 1 and <= 1_000 && !request.Subject.Any(char.IsControl), "subject", "must be one line of 1 to 1,000 characters")
            .Require(
                request.Text.Length >= 1 && Encoding.UTF8.GetByteCount(request.Text) <= 65_536 && !request.Text.Contains('\0', StringComparison.Ordinal),
                "text",
                "must have 1 to 65,536 bytes, without U+0000")
            .ThrowIfAny();
        var response = await tools.Writes.RunAsync(account, context, request, async tx =>
        {
            await TeamAddressStore.RequireConfirmedAsync(tx.Connection!, account.Id, Channel.Email, [request.Address], _ => "address", ct);
            var notice = new NewMessage(Guid.CreateVersion7(), MessageKind.Notice, Channel.Email, new() { Subject = request.Subject, Text = request.Text });
            var recipient = await TeamMessages.AddAsync(tx, account, notice, request.Address, contactId: 0, ct);
            return new SendNoticeResponse { MessageId = notice.MessageId.ToString(), Recipient = recipient };
        });
        pump.Wake();
        return response;
    }

    public override async Task<CheckTeamAddressesResponse> CheckTeamAddresses(CheckTeamAddressesRequest request, ServerCallContext context)
    {
        new FieldChecks().Require(request.Addresses.Count <= MostChecked, "addresses", $"has more than {MostChecked} entries").ThrowIfAny();
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);

        return new CheckTeamAddressesResponse
        {
            Unconfirmed = { await addresses.UnconfirmedAsync(account.Id, Channel.Email, request.Addresses, context.CancellationToken) },
        };
    }
}
