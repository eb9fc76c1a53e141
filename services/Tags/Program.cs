using TagSegments.Tags;

return await ServiceHost.RunAsync(args, TagsApp.Build, typeof(TagsApp).Assembly);
