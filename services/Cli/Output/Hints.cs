using Grpc.Core;

namespace TagSegments.Cli.Output;

/// <summary>The advice for an error, by its machine-readable reason.</summary>
internal static class Hints
{
    public static string For(StatusCode code, string reason, IReadOnlyDictionary<string, string> metadata) => reason switch
    {
        "ACCOUNT_NOT_FOUND" => "See `tagsegments accounts list`, or create it: tagsegments accounts create NAME",
        "ALREADY_EXISTS" => "Choose another name, or use the existing one.",
        "ACCOUNT_DELETED" => "The platform can restore it until it is erased: tagsegments accounts restore NAME",
        "ACKNOWLEDGED_WRITE_MISSING" => "The database was restored to an older state: repeat the changes that it lost.",
        "ADDRESS_NOT_CONFIRMED" => "Add the address with `tagsegments team add`, and open the link that it gets.",
        "CALL_DEADLINE" => "Repeat the command. If it fails again, the service is overloaded.",
        "CALL_TIME_LIMIT" or "STATEMENT_TIMEOUT" => "Ask for less at once: a narrower filter, a shorter period, a smaller --limit.",
        "DATABASE_EXHAUSTED" => "The database needs memory or disk space: tell its operator. Repeating does not help.",
        "EXPECTATION_FAILED" => "See why with `tagsegments segments check SEGMENT`, then correct the filter or the expectations.",
        "FILTER_INVALID" => FilterHints.For(metadata.GetValueOrDefault("kind", ""), metadata.GetValueOrDefault("resource", "")),
        "FILTER_TOO_LARGE" => "Split the filter: save parts as segments and refer to them with: in segment \"NAME\"",
        "IMPORT_LINE" => "Correct that line of the file and repeat the import; rows that were imported are not imported twice.",
        "INVALID_FIELD" => "Correct the value and repeat the command; nothing was changed.",
        "HISTORY_MISSING" => "Choose a later --as-of; the message says where the history begins.",
        "IN_USE" => "Remove its uses first, or add --force if the command has it.",
        "MESSAGE_TOO_LARGE" => "Send less at once: fewer contacts or tags, or a shorter text.",
        "NAMING_POLICY" => "Choose another name, or change the account's naming policy: tagsegments tags policy",
        "MALFORMED_MESSAGE" => "The server and this program do not understand each other: update the older one.",
        "NOT_FOUND" => "Check the name or number; the list commands show what exists.",
        "OVERLOADED" or "QUOTA_EXCEEDED" => "Repeat the command in a moment; the message says which limit was reached.",
        "PAGE_TOKEN" => "Begin the list again, without a position.",
        "PERMISSION_DENIED" => metadata.TryGetValue("permission", out var permission)
            ? $"Ask for the permission {permission} in this account."
            : "Ask for access to this account.",
        "REFERENCE_MISSING" => "Something it refers to was deleted. Restore that, or change the definition.",
        "REQUEST_ID_REUSED" => "Repeat the command; it uses a new request id.",
        "SCHEDULE_IN_PAST" => "Choose a later time, with a zone: 2026-12-01T09:00:00+01:00",
        "SENDER_NOT_VERIFIED" => "Prove the domain first: tagsegments senders add DOMAIN, then senders verify DOMAIN",
        "SEGMENT_CYCLE" => "Remove one of the references in the path shown.",
        "SERVICE_NOT_TRUSTED" => "The services do not trust one another's certificates: tell their operator which one the message names.",
        "SHUTTING_DOWN" or "STREAM_EXPIRED" => "Repeat the command: the service comes back, or another one takes over.",
        "TEMPLATE_INVALID" => "Correct the template at the position shown; it is Liquid: {{ contact.first_name }}",
        "VERSION_MISMATCH" or "CONFLICT" => "Somebody else changed it: read it again and repeat the command.",
        "WORKFLOW_LOOP" => "Break the loop shown, or publish with --accept-loops.",
        "WRONG_STATE" => "The message says which state prevents it; perhaps it is already done.",
        _ => For(code),
    };

    private static string For(StatusCode code) => code switch
    {
        StatusCode.Unavailable => "Is the service running? Start all services with `dotnet run --project services/Standalone`, or give their addresses with --server.",
        StatusCode.DeadlineExceeded => "Repeat the command. If it fails again, the service is overloaded.",
        StatusCode.Unauthenticated => "Give a valid token with --token or TAGSEGMENTS_TOKEN.",
        StatusCode.PermissionDenied => "Ask for access to this account.",
        StatusCode.Unimplemented => "The server is older than this program: update it.",
        StatusCode.InvalidArgument => "Correct the value and repeat the command; nothing was changed.",
        _ => "Repeat the command; if it happens again, check the service's log.",
    };
}
