using TagSegments.Testing.EveryCall;

namespace TagSegments.Chaos.Hostile;

/// <summary>The requests that make a new account a place where the sound requests find what they are about.</summary>
internal static class WorldRequests
{
    private static readonly (string Call, string Request, int Times)[] s_requests =
    [
        ("AccountService/CreateAccount", "{}", 1),
        ("FieldService/CreateField", """{ "field": { "key": "score", "type": "TYPE_NUMBER" } }""", 1),
        ("FieldService/CreateField", """{ "field": { "key": "birthday", "type": "TYPE_DATE" } }""", 1),
        ("FieldService/CreateField", """{ "field": { "key": "plan", "type": "TYPE_TEXT" } }""", 1),
        ("TagService/CreateTag", """{ "tag": { "name": "Hot" } }""", 1),
        ("TagService/CreateTag", """{ "tag": { "name": "Tag $new" } }""", 8),
        ("ContactService/CreateContact", """
            {
              "contact": {
                "email": "$new@example.com", "firstName": "Ada", "fields": { "score": 5 },
                "consents": [{ "channel": "CHANNEL_EMAIL", "state": "STATE_SUBSCRIBED", "source": "form" }]
              }
            }
            """, 20),
        ("TagService/AddTags", """{ "contactId": "$contact", "tagNames": ["Hot"] }""", 10),
        ("ActivityService/AddSuppression", """
            { "suppression": { "channel": "CHANNEL_EMAIL", "address": "suppressed@example.com", "reason": "REASON_MANUAL", "source": "list" } }
            """, 1),
        ("WebhookService/SetWebhookKey", """{ "provider": "WEBHOOK_PROVIDER_GENERIC", "key": "a secret of ours" }""", 1),
        ("OpportunityService/CreatePipeline", """{ "pipeline": { "name": "Sales", "stages": [{ "name": "New" }, { "name": "Won" }] } }""", 1),
        ("OpportunityService/CreateOpportunity", """
            { "opportunity": { "contactId": "$contact", "name": "Deal", "pipelineId": "1", "stageId": "1", "status": "STATUS_OPEN", "amount": "9.50" } }
            """, 3),
        ("SegmentService/CreateSegment", """{ "segment": { "name": "Segment $new" }, "text": "has tag \"Hot\" OR score > 4" }""", 4),
        ("SmartListService/CreateSmartList", """{ "smartList": { "name": "List $new", "columns": ["email"] }, "text": "everyone" }""", 2),
        ("WorkflowService/CreateWorkflow", """
            {
              "yaml": "name: Workflow $new\ntriggers:\n- tag: {tags: [Hot]}\nnodes:\n- id: a\n  wait: {period: 1 days}\n"
            }
            """, 3),
        ("WorkflowService/PublishWorkflow", """{ "workflowId": "$workflow" }""", 2),
        ("WorkflowService/EnrolContacts", """{ "requestId": "$new", "workflowId": "$workflow", "source": { "text": "everyone" } }""", 3),
        ("WorkflowService/ListRuns", """{ "pageSize": 20 }""", 1),
        ("CampaignService/CreateCampaign", """
            {
              "campaign": {
                "name": "Campaign $new", "channel": "CHANNEL_EMAIL", "audience": { "include": [{ "text": "everyone" }] },
                "message": { "fromAddress": "news@sender.example.com", "subject": "Hello", "text": "Hello {{ contact.first_name }}" }
              }
            }
            """, 4),
        ("MessageService/SendMessage", """
            {
              "requestId": "$new", "contactId": "$contact", "channel": "CHANNEL_EMAIL",
              "message": { "fromAddress": "news@sender.example.com", "subject": "Hello", "text": "Hello" }
            }
            """, 2),
        ("SenderService/AddSenderDomain", """{ "domain": "sender.example.com" }""", 1),
        ("TeamService/AddTeamAddress", """{ "address": "team@example.com" }""", 1),
        ("TeamService/AddTeamAddress", """{ "address": "test@example.com" }""", 1),
        ("BulkService/StartBulkOperation", """{ "contacts": { "matching": { "text": "everyone" } }, "addTagIds": ["$tag"] }""", 2),
    ];

    /// <summary>All of them, in their order.</summary>
    public static IEnumerable<(ApiCall Call, string Request)> All { get; } =
    [
        .. from step in s_requests
           from time in Enumerable.Range(0, step.Times)
           select (ApiCall.All.Single(call => call.Name.EndsWith($".{step.Call}", StringComparison.Ordinal)), step.Request),
    ];
}
