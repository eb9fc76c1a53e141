using Grpc.Core;

namespace TagSegments.Cli.Output;

/// <summary>The advice for an error, by its machine-readable reason.</summary>
internal static class Hints
{
    public static string For(StatusCode code, string reason) => reason switch
    {
        "ACCOUNT_NOT_FOUND" => "See `tagsegments accounts list`, or create it: tagsegments accounts create NAME",
        "ALREADY_EXISTS" => "Choose another name, or use the existing one.",
        "EXPECTATION_FAILED" => "See why with `tagsegments segments check SEGMENT`, then correct the filter or the expectations.",
        "FILTER_INVALID" => "Put names that are not plain words in [brackets], and text in \"double quotes\"; `tagsegments fields list` and `tags list` show the names.",
        "FILTER_TOO_LARGE" => "Split the filter: save parts as segments and refer to them with: in segment \"NAME\"",
        "IMPORT_LINE" => "Correct that line of the file and repeat the import; rows that were imported are not imported twice.",
        "INVALID_FIELD" => "Correct the value and repeat the command; nothing was changed.",
        "IN_USE" => "Remove its uses first, or add --force if the command has it.",
        "MESSAGE_TOO_LARGE" => "Send less at once: fewer contacts or tags, or a shorter text.",
        "NAMING_POLICY" => "Choose another name, or change the account's naming policy: tagsegments tags policy",
        "NOT_FOUND" => "Check the name or number; the list commands show what exists.",
        "REFERENCE_MISSING" => "Something it refers to was deleted. Restore that, or change the definition.",
        "REQUEST_ID_REUSED" => "Repeat the command; it uses a new request id.",
        "SCHEDULE_IN_PAST" => "Choose a later time, with a zone: 2026-12-01T09:00:00+01:00",
        "SEGMENT_CYCLE" => "Remove one of the references in the path shown.",
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
