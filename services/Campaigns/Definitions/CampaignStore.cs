using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Dapper;
using Google.Protobuf;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.Schema;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Definitions;

/// <summary>Campaigns in the database.</summary>
internal sealed class CampaignStore(AccountDatabase database)
{
    /// <summary>Creates a campaign; throws ALREADY_EXISTS if its name is taken.</summary>
    public static async Task<CampaignRow> CreateAsync(NpgsqlTransaction tx, AccountInfo account, Campaign campaign, CancellationToken ct)
    {
        const string sql =
            $"""
            INSERT INTO campaigns.campaign
                (account_id, campaign_id, account_name, name, description, channel, message, audience, recipient_tag_ids,
                 messages_per_minute, segment_ids, ab_test, state)
            VALUES
                (@AccountId, @CampaignId, @AccountName, @Name, @Description, @Channel, @Message::jsonb, @Audience::jsonb, @RecipientTagIds,
                 @MessagesPerMinute, @SegmentIds, @AbTest::jsonb, {CampaignStates.Draft})
            ON CONFLICT (account_id, name) DO NOTHING
            RETURNING {CampaignRow.Columns}
            """;
        var content = Content(account.Id, Guid.CreateVersion7(), account.Name, campaign);
        var row = await tx.Connection!.QuerySingleOrDefaultAsync<CampaignRow>(new CommandDefinition(sql, content, tx, cancellationToken: ct))
            ?? throw RpcErrors.AlreadyExists("campaign", campaign.Name);
        await CampaignLimits.RequireFewDraftsAsync(tx, account, ct);
        return row;
    }

    /// <summary>Changes the definition of a locked campaign; throws ALREADY_EXISTS if its name is taken.</summary>
    public static async Task<CampaignRow> UpdateAsync(NpgsqlTransaction tx, CampaignRow row, Campaign campaign, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign
            SET name = @Name, description = @Description, channel = @Channel, message = @Message::jsonb, audience = @Audience::jsonb,
                recipient_tag_ids = @RecipientTagIds, messages_per_minute = @MessagesPerMinute, segment_ids = @SegmentIds,
                ab_test = @AbTest::jsonb, version = version + 1, updated_at = now()
            WHERE account_id = @AccountId AND campaign_id = @CampaignId
            RETURNING {CampaignRow.Columns}
            """;
        try
        {
            var content = Content(row.AccountId, row.CampaignId, row.AccountName, campaign);
            return await tx.Connection!.QuerySingleAsync<CampaignRow>(new CommandDefinition(sql, content, tx, cancellationToken: ct));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw RpcErrors.AlreadyExists("campaign", campaign.Name);
        }
    }

    /// <summary>Adds tags for the recipients to a campaign that the same transaction has written.</summary>
    public static Task<CampaignRow> AddRecipientTagsAsync(NpgsqlTransaction tx, CampaignRow row, IEnumerable<int> tagIds, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign
            SET recipient_tag_ids = @tagIds
            WHERE account_id = @AccountId AND campaign_id = @CampaignId
            RETURNING {CampaignRow.Columns}
            """;
        var parameters = new { row.AccountId, row.CampaignId, tagIds = row.RecipientTagIds.Union(tagIds).ToArray() };
        return tx.Connection!.QuerySingleAsync<CampaignRow>(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }

    /// <summary>Gets a campaign by id or name; throws NOT_FOUND.</summary>
    public async Task<CampaignRow> GetAsync(int accountId, string id, string name, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT {CampaignRow.Columns}
            FROM campaigns.campaign
            WHERE account_id = @accountId AND (campaign_id = @campaignId OR name = @name)
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QuerySingleOrDefaultAsync<CampaignRow>(
            new CommandDefinition(sql, new { accountId, campaignId = ParseId(id), name }, cancellationToken: ct))
            ?? throw RpcErrors.NotFound("campaign", id.Length > 0 ? id : name);
    }

    /// <summary>Lists campaigns after the given one, newest first.</summary>
    public async Task<Page<CampaignRow>> ListAsync(int accountId, short[] states, Guid? after, int size, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT {CampaignRow.Columns}
            FROM campaigns.campaign
            WHERE account_id = @accountId
              AND (cardinality(@states) = 0 OR state = ANY(@states))
              AND (@after::uuid IS NULL OR campaign_id < @after)
            ORDER BY campaign_id DESC
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QueryPageAsync(
            new CommandDefinition(sql, new { accountId, states, after, limit = size + 1 }, cancellationToken: ct),
            new Page<CampaignRow>(size, row => row.Message.Length + row.Audience.Length + (row.AbTest?.Length ?? 0)));
    }

    /// <summary>Lists the campaigns whose audience was evaluated last, newest first.</summary>
    public async Task<List<CampaignRow>> EvaluatedAsync(int accountId, int limit, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT {CampaignRow.Columns}
            FROM campaigns.campaign
            WHERE account_id = @accountId AND evaluated_at IS NOT NULL
            ORDER BY evaluated_at DESC
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return (await connection.QueryAsync<CampaignRow>(new CommandDefinition(sql, new { accountId, limit }, cancellationToken: ct))).AsList();
    }

    /// <summary>
    /// Locks a campaign that is about to change. Throws NOT_FOUND, ABORTED if <paramref name="version"/> is neither 0 nor the current one, and
    /// FAILED_PRECONDITION if its state is none of <paramref name="allowed"/>.
    /// </summary>
    public static async Task<CampaignRow> LockAsync(
        NpgsqlTransaction tx, int accountId, string id, int version, State[] allowed, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT {CampaignRow.Columns}
            FROM campaigns.campaign
            WHERE account_id = @accountId AND campaign_id = @campaignId
            FOR UPDATE
            """;
        var row = await tx.Connection!.QuerySingleOrDefaultAsync<CampaignRow>(
            new CommandDefinition(sql, new { accountId, campaignId = ParseId(id) }, tx, cancellationToken: ct))
            ?? throw RpcErrors.NotFound("campaign", id);
        if (version != 0 && version != row.Version)
        {
            throw RpcErrors.VersionMismatch("campaign", id, row.Version);
        }

        return allowed.Contains((State)row.State) ? row : throw WrongState(row);
    }

    /// <summary>Moves a locked campaign to another state. A campaign that is over gets its end time.</summary>
    public static Task<CampaignRow> SetStateAsync(NpgsqlTransaction tx, CampaignRow row, State state, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign
            SET state = @state, problem = '', version = version + 1, updated_at = now(),
                ended_at = CASE WHEN @state IN {CampaignStates.Ended} THEN now() END
            WHERE account_id = @AccountId AND campaign_id = @CampaignId
            RETURNING {CampaignRow.Columns}
            """;
        var parameters = new { row.AccountId, row.CampaignId, state = (short)state };
        return tx.Connection!.QuerySingleAsync<CampaignRow>(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }

    /// <summary>Makes a locked campaign due at an instant, with the schedule it comes from; null removes the schedule.</summary>
    public static Task<CampaignRow> ScheduleAsync(NpgsqlTransaction tx, CampaignRow row, DateTime runAt, string? schedule, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign
            SET state = {CampaignStates.Scheduled}, run_at = @runAt, schedule = @schedule::jsonb, problem = '', version = version + 1,
                updated_at = now(), ended_at = NULL
            WHERE account_id = @AccountId AND campaign_id = @CampaignId
            RETURNING {CampaignRow.Columns}
            """;
        var parameters = new { row.AccountId, row.CampaignId, runAt, schedule };
        return tx.Connection!.QuerySingleAsync<CampaignRow>(new CommandDefinition(sql, parameters, tx, cancellationToken: ct));
    }

    /// <summary>Reads the database's clock, by which schedules fall due.</summary>
    public static Task<DateTime> NowAsync(NpgsqlTransaction tx, CancellationToken ct)
    {
        const string sql = "SELECT clock_timestamp()";
        return tx.Connection!.ExecuteScalarAsync<DateTime>(new CommandDefinition(sql, transaction: tx, cancellationToken: ct));
    }

    public static string ToJson(IMessage message) => JsonFormatter.Default.Format(message);

    /// <summary>Reads an id; a text that is not a UUID becomes the id of nothing.</summary>
    public static Guid ParseId(string id) => Guid.TryParse(id, out var parsed) ? parsed : Guid.Empty;

    /// <summary>Makes the error for a call that the campaign's state does not allow.</summary>
    public static RpcException WrongState(CampaignRow row)
    {
        var state = ((State)row.State).ToString().ToUpperInvariant();
        return RpcErrors.Create(
            StatusCode.FailedPrecondition,
            ErrorReason.WrongState,
            $"The campaign is {state.ToLowerInvariant()}; its state does not allow this.",
            ("resource", "campaign"),
            ("id", row.CampaignId.ToString()),
            ("state", state));
    }

    private static object Content(int accountId, Guid campaignId, string accountName, Campaign campaign) => new
    {
        AccountId = accountId,
        CampaignId = campaignId,
        AccountName = accountName,
        campaign.Name,
        campaign.Description,
        Channel = (short)campaign.Channel,
        Message = ToJson(campaign.Message),
        Audience = ToJson(campaign.Audience),
        RecipientTagIds = campaign.RecipientTagIds.ToArray(),
        campaign.MessagesPerMinute,
        SegmentIds = CampaignReferences.SegmentIds(campaign.Audience),
        AbTest = campaign.AbTest is null ? null : ToJson(campaign.AbTest),
    };
}
