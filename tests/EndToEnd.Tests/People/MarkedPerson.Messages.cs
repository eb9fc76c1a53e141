using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.People;

/// <summary>The part about messages: what the person gets, does with them and refuses.</summary>
internal sealed partial class MarkedPerson
{
    private async Task JoinTeamAsync()
    {
        await apps.Team.AddTeamAddressAsync(new() { Account = account, Address = Email, RequestId = RequestId("team") });
        await apps.Team.SendNoticeAsync(
            new() { Account = account, Address = Email, Subject = $"To {Mark}", Text = $"For {Mark}", RequestId = RequestId("notice") });
    }

    private async Task GetMessagesAsync()
    {
        apps.Smtp.Script = step => step.Stage is SmtpStage.Recipient ? SmtpReaction.Refuse(550, $"<{Email}> has moved") : default;
        var refused = await SendAsync("refused");
        await WaitAsync(refused, Recipient.Types.State.Failed);
        apps.Smtp.Script = null;
        await WaitAsync(await SendAsync("sent"), Recipient.Types.State.Accepted);

        var campaign = new Campaign
        {
            Name = "Spring",
            Message = new() { Subject = "Spring", Text = "Hello {{ contact.first_name }}" },
            Audience = new() { Include = { new FilterSource { Text = """has tag "Hot" """ } } },
        };
        CampaignId = (await apps.Campaigns.CreateCampaignAsync(new() { Account = account, Campaign = campaign })).Campaign.CampaignId;
        await apps.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = CampaignId });
        await Eventually.ReadAsync(
            async () => (await apps.Campaigns.GetCampaignAsync(new() { Account = account, CampaignId = CampaignId })).Campaign.State,
            state => state is Campaign.Types.State.Sent);
    }

    private async Task<string> SendAsync(string name) => (await apps.Messages.SendMessageAsync(new()
    {
        Account = account,
        ContactId = ContactId,
        Message = new() { Subject = $"Dear {Mark}", Text = $"Hello {Mark}" },
        RequestId = RequestId(name),
        Cause = Cause,
    })).MessageId;

    private Task WaitAsync(string messageId, Recipient.Types.State wanted) => Eventually.ReadAsync(
        async () => (await apps.Messages.GetMessageAsync(new() { Account = account, MessageId = messageId })).Recipient.State,
        state => state == wanted);

    private async Task ActAsync() => await apps.Activity.RecordActivitiesAsync(new()
    {
        Account = account,
        RequestId = RequestId("activities"),
        Activities =
        {
            new Activity
            {
                ContactId = ContactId, Kind = Activity.Types.Kind.Custom, EventName = "signup", DedupeKey = $"key {Mark}",
                Properties = TestAccount.Values("comment", Value.ForString($"comment {Mark}")),
            },
            new Activity { ContactId = ContactId, Kind = Activity.Types.Kind.Clicked, Channel = Channel.Email, CampaignId = CampaignId, Detail = $"https://x.example/?who={Mark}" },
            new Activity { ContactId = ContactId, Kind = Activity.Types.Kind.Bounced, Channel = Channel.Email, Detail = $"<{Email}> unknown" },
        },
    });

    private async Task RefuseAsync()
    {
        await SuppressAsync("first");
        await apps.Activity.RemoveSuppressionAsync(new() { Account = account, Address = Email, Proof = $"proof of {Mark}", RequestId = RequestId("unsuppress") });
        await SuppressAsync("second");
        await apps.Contacts.SetConsentAsync(new()
        {
            Account = account,
            ContactId = ContactId,
            Consent = new() { Channel = Channel.Sms, State = Consent.Types.State.Unsubscribed, Source = $"call of {Mark}" },
        });
    }

    private Task SuppressAsync(string name) => apps.Activity.AddSuppressionAsync(new()
    {
        Account = account,
        Suppression = new() { Address = Email, Reason = Suppression.Types.Reason.Complained, Source = $"letter of {Mark}" },
        RequestId = RequestId(name),
    }).ResponseAsync;

    private async Task BeImportedAsync()
    {
        using var call = apps.Imports.Import();
        await call.RequestStream.WriteAsync(new() { Account = account, Options = new() { ExternalIdColumn = "external_id" } });
        await call.RequestStream.WriteAsync(new() { Data = ByteString.CopyFromUtf8($"external_id,last_name\nx-{Mark},Imported {Mark}\n") });
        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
        }
    }
}
