using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Messages;

/// <summary>Finding 16: messages that are sent later are checked before.</summary>
public sealed class CheckMessagesTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task Finding_16_every_message_that_cannot_be_sent_is_named_with_its_fields()
    {
        var account = await world.Apps.NewAccountAsync();
        var request = new CheckMessagesRequest
        {
            Account = account,
            Messages =
            {
                new CheckedMessage { Message = new Message { Subject = "Hello {{ contact.first_name }}", Text = "Hello" } },
                new CheckedMessage { Message = new Message { Text = "Hello", FromAddress = "nobody" } },
                new CheckedMessage { Channel = Channel.Sms, Message = new Message { Text = "{{ 1 | divided_by: 0 }}" } },
                new CheckedMessage { Channel = (Channel)99 },
            },
        };

        var answer = await world.Messages.CheckMessagesAsync(request);

        Assert.Equal(
            [(1, "message.from_address"), (1, "message.subject"), (2, "message.text"), (3, "channel"), (3, "message.text")],
            answer.Problems.Select(problem => (problem.Index, problem.Field)));
        Assert.All(answer.Problems, problem => Assert.NotEmpty(problem.Description));
    }

    [Fact]
    public async Task Finding_16_more_messages_than_a_workflow_has_are_refused()
    {
        var request = new CheckMessagesRequest { Account = await world.Apps.NewAccountAsync() };
        request.Messages.AddRange(Enumerable.Repeat(new CheckedMessage(), 1_001));

        var error = await Expect.FailureAsync(async () => await world.Messages.CheckMessagesAsync(request));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "messages");
    }
}
