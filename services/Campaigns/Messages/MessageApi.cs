using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.Campaigns.Audiences;
using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Lanes;
using TagSegments.Campaigns.Schema;
using TagSegments.Campaigns.Senders;

namespace TagSegments.Campaigns.Messages;

/// <summary>Single messages.</summary>
internal sealed class MessageApi(
    CallTools tools, MessageStore messages, SenderRules senders, ContactService.ContactServiceClient contacts, MessagePump pump,
    MergeFieldCatalog fields)
    : MessageService.MessageServiceBase
{
    private const int MaxChecked = 1_000;

    public override async Task<SendMessageResponse> SendMessage(SendMessageRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        request.Channel = request.Channel.OrEmail();
        new FieldChecks()
            .Require(request.ContactId > 0, "contact_id", "is required")
            .Require(Enum.IsDefined(request.Channel), "channel", "is not a channel")
            .Require(request.RequestId.Length > 0, "request_id", "is required: a message must not leave twice")
            .Require(request.CampaignId.Length == 0 || Guid.TryParse(request.CampaignId, out _), "campaign_id", "is not a UUID")
            .ThrowIfAny();
        MessageRules.Check(request.Message, request.Channel, ct);
        var contact = await GetContactAsync(account, request.ContactId, ct);
        var response = await tools.Writes.RunAsync(account, context, request, async tx =>
        {
            await senders.RequireAsync(tx.Connection!, account.Id, request.Channel, request.Message, "message", ct);
            var message = new NewMessage(Guid.CreateVersion7(), MessageKind.ToContact, request.Channel, request.Message)
            {
                CampaignId = request.CampaignId.Length > 0 ? Guid.Parse(request.CampaignId) : null,
                Cause = request.Cause,
            };
            var draft = RecipientDraft.Create(contact, request.Channel, subscribedOnly: false);
            var recipient = await MessageStore.AddAsync(tx, account, message, draft, ct);
            return new SendMessageResponse { MessageId = message.MessageId.ToString(), Recipient = recipient };
        });
        pump.Wake();
        return response;
    }

    public override async Task<CheckMessagesResponse> CheckMessages(CheckMessagesRequest request, ServerCallContext context)
    {
        new FieldChecks().Require(request.Messages.Count <= MaxChecked, "messages", $"has more than {MaxChecked} entries").ThrowIfAny();
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);

        var known = await fields.ReadAsync(account, request.Messages.Select(m => m.Message ?? new Message()), context.CancellationToken);
        var time = new TemplateTime(context.CancellationToken);
        var response = new CheckMessagesResponse();
        for (var i = 0; i < request.Messages.Count; i++)
        {
            var (message, channel) = (request.Messages[i].Message ?? new Message(), request.Messages[i].Channel.OrEmail());
            response.Problems.AddRange(MessageRules.Problems(message, channel, time, known)
                .Select(problem => new MessageProblem { Index = i, Field = problem.Field, Description = problem.Description }));
        }

        return response;
    }

    public override async Task<GetMessageResponse> GetMessage(GetMessageRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var recipient = await messages.FindAsync(account.Id, request.MessageId, context.CancellationToken)
            ?? throw RpcErrors.NotFound("message", request.MessageId);
        return new GetMessageResponse { Recipient = recipient };
    }

    private async Task<Contact> GetContactAsync(AccountInfo account, int contactId, CancellationToken ct)
    {
        var response = await contacts.GetContactAsync(new() { Account = account.Name, ContactId = contactId }, cancellationToken: ct);
        return response.Contact;
    }
}
